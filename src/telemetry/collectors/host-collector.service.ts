import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';

import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { Clock } from '../../common/time/clock';
import { DatabaseConfig, ServerConfig, TelemetryConfig } from '../../config/sections';
import { Leadership } from '../../database/leadership';
import { HostReader, hostSamples } from '../../observability/host-reading';
import { Log } from '../../observability/log';
import { IngestService } from '../metrics/ingest.service';
import { Sample } from '../telemetry.types';
import { PostgresReadingRepository } from './postgres-reading.repository';

/** Measures this machine and our own Postgres, so that a fresh start is live without any set-up. One process a machine does it. */
@Injectable()
export class HostCollector implements OnApplicationBootstrap {
  private readonly host = hostname();
  private reader: HostReader | null = null;
  private timer: NodeJS.Timeout | null = null;
  private collecting: Promise<void> | null = null;

  constructor(
    private readonly ingest: IngestService,
    private readonly postgres: PostgresReadingRepository,
    private readonly leadership: Leadership,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly config: TelemetryConfig,
    private readonly server: ServerConfig,
    private readonly databaseConfig: DatabaseConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.hostCollector || this.server.role === 'api') return;
    this.leadership.campaign(`host-collector.${this.host}`, {
      elected: async () => {
        this.reader = new HostReader({
          nowMs: () => performance.now(),
          diskPath: this.databaseConfig.dataDir,
        });
        this.timer = setInterval(() => void this.collect(), this.config.collectorIntervalSeconds * 1_000);
      },
      deposed: () => this.stop(),
    });
  }

  private async stop(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    this.timer = null;
    await this.collecting;
    this.reader?.stop();
    this.reader = null;
  }

  private async collect(): Promise<void> {
    // A slow database must not make readings pile up: a missed one is a gap, and a gap is the truth.
    if (this.collecting !== null) return;
    this.collecting = this.measure()
      .catch((error: unknown) =>
        this.log.warn({ reason: (error as Error).message }, 'a reading of the host could not be stored'),
      )
      .finally(() => {
        this.collecting = null;
      });
    await this.collecting;
  }

  private async measure(): Promise<void> {
    if (this.reader === null) return;
    const timeMs = this.clock.now().getTime();
    const samples: Sample[] = hostSamples(this.reader.read(), this.host).map((sample) => ({
      ...sample,
      timeMs,
      type: 'gauge',
    }));
    for (const reading of await this.postgres.read()) {
      samples.push({ ...reading, labels: { host: this.host }, timeMs, behaviour: reading.type });
    }
    await this.ingest.ingest(samples);
  }
}
