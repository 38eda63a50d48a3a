import { existsSync } from 'node:fs';

import { Injectable, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';

import { Clock } from '../common/time/clock';
import { DatabaseConfig } from '../config/sections';
import { HostReader } from '../observability/host-reading';
import { SystemHistory, SystemReading } from './system-history';

const INTERVAL_MS = 10_000;
export const HISTORY_HOURS = 24;
const CAPACITY = (HISTORY_HOURS * 3_600_000) / INTERVAL_MS;

/** Looks at the machine every ten seconds for as long as the process lives, and remembers a day of it. */
@Injectable()
export class SystemSampler implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly history = new SystemHistory(CAPACITY);
  private readonly reader: HostReader;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly clock: Clock,
    { dataDir }: DatabaseConfig,
  ) {
    this.reader = new HostReader({
      nowMs: () => performance.now(),
      diskPath: existsSync(dataDir) ? dataDir : '.',
    });
    // What rates are measured from; without it the first reading would know none.
    this.reader.read();
  }

  onApplicationBootstrap(): void {
    this.sample();
    this.timer = setInterval(() => this.sample(), INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.reader.stop();
  }

  /** The newest reading, at most ten seconds old. */
  newest(): SystemReading {
    return this.history.findNewest() ?? this.sample();
  }

  private sample(): SystemReading {
    const reading = { at: this.clock.now(), host: this.reader.read() };
    this.history.add(reading);
    return reading;
  }
}
