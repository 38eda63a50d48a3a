import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { DomainError } from '../../common/errors/domain-error';
import { Clock } from '../../common/time/clock';
import { ServerConfig } from '../../config/sections';
import { Leadership } from '../../database/leadership';
import { EgressClient } from '../../egress/egress.client';
import { Log } from '../../observability/log';
import { MAX_EXPOSITION_BYTES, parseExposition } from '../metrics/exposition';
import { IngestService } from '../metrics/ingest.service';
import { Sample } from '../telemetry.types';
import { ScrapeTarget } from './scrape-target.entity';
import { ScrapeTargetRepository } from './scrape-target.repository';

/** How often the list of targets is looked at: a new one is scraped within this. */
const TICK_MS = 1_000;
const OFFICE = 'scrape-collector';

/** Reads Prometheus pages at their intervals, through the egress client. One process does it. */
@Injectable()
export class ScrapeCollector implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | null = null;
  private readonly dueAtMs = new Map<number, number>();
  private readonly scraping = new Map<number, Promise<void>>();

  constructor(
    private readonly targets: ScrapeTargetRepository,
    private readonly ingest: IngestService,
    private readonly egress: EgressClient,
    private readonly leadership: Leadership,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly server: ServerConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role === 'api') return;
    this.leadership.campaign(OFFICE, {
      elected: async () => {
        this.timer = setInterval(() => void this.tick(), TICK_MS);
      },
      deposed: () => this.stop(),
    });
  }

  private async stop(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    this.timer = null;
    await Promise.all(this.scraping.values());
  }

  private async tick(): Promise<void> {
    const targets = await this.targets.list().catch(() => []);
    // The timer's own jitter must not cost a target of one second every other turn.
    const nowMs = this.clock.now().getTime() + TICK_MS / 4;
    for (const target of targets) {
      const due = this.dueAtMs.get(target.id) ?? 0;
      if (!target.isEnabled || nowMs < due || this.scraping.has(target.id)) continue;
      const intervalMs = target.intervalSeconds * 1_000;
      this.dueAtMs.set(
        target.id,
        due + intervalMs > nowMs ? due + intervalMs : nowMs - TICK_MS / 4 + intervalMs,
      );
      this.scraping.set(
        target.id,
        this.scrape(target).finally(() => this.scraping.delete(target.id)),
      );
    }
  }

  private async scrape(target: ScrapeTarget): Promise<void> {
    const startedAt = this.clock.now();
    try {
      const samples = await this.read(target, startedAt.getTime());
      await this.ingest.ingest(samples);
      await this.targets.update(target.id, {
        lastScrapedAt: startedAt,
        lastError: null,
        lastSampleCount: samples.length,
      });
    } catch (error) {
      const reason = error instanceof DomainError ? error.message : 'The scrape failed';
      this.log.warn({ target: target.name, reason: (error as Error).message }, 'a scrape failed');
      await this.targets
        .update(target.id, { lastScrapedAt: startedAt, lastError: reason, lastSampleCount: null })
        .catch(() => undefined);
    }
  }

  private async read(target: ScrapeTarget, timeMs: number): Promise<Sample[]> {
    const answer = await this.egress.fetch({
      url: target.url,
      headers: { accept: 'text/plain;version=0.0.4' },
      timeoutMs: Math.min(target.intervalSeconds * 1_000, 10_000),
      maxBytes: MAX_EXPOSITION_BYTES,
    });
    if (answer.status !== 200)
      throw new DomainError('unavailable', 'telemetry/scrape-failed', `The target answered ${answer.status}`);
    const own = { ...target.labels, job: target.name, instance: new URL(target.url).host };
    // The page's own timestamps are of the moment it was made; one clock for all series keeps them together.
    return parseExposition(answer.body.toString('utf8')).map(({ name, labels, value, type, behaviour }) => ({
      name,
      labels: { ...labels, ...own },
      value,
      timeMs,
      type,
      behaviour,
    }));
  }
}
