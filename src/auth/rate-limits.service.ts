import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { LimitsConfig } from '../config/sections';
import { Log } from '../observability/log';
import { Metrics } from '../observability/metrics';
import { RATE_TIERS, RateTier } from './rate-tiers';
import { RateUsageRepository } from './rate-usage.repository';
import { RateStanding, rateStanding, windowOf } from './rate-window';
import { Turn, UsageBook } from './usage-book';

/** A tier whose counts are shared by reports; `auth` alone is counted exactly, request by request. */
type SharedTier = Exclude<RateTier, 'auth'>;

/** What was admitted is told to the other processes after so long, and sooner where a caller is in a hurry. */
const REPORT_AFTER_MS = 1_000;
/** So long a caller in a hurry waits for the others at most; then this process decides alone. */
const PATIENCE_MS = 1_000;

/**
 * How often a caller may call, over all processes, by the database's clock.
 * The auth tier costs one statement a request, and holds exactly; where the database is away it admits nobody. The others
 * cost a statement a second and process, whatever the number of requests; where the database is away each process keeps
 * to the limit by itself.
 */
@Injectable()
export class RateLimits implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly limits: Readonly<Record<RateTier, number>>;
  private readonly books: Readonly<Record<SharedTier, UsageBook>>;
  private readonly refusals;
  /** The database's clock less this process's monotonic one, in seconds. */
  private clockOffset = 0;
  private timer: NodeJS.Timeout | null = null;
  private reporting: Promise<void> | null = null;
  private isAlone = false;
  private isStopped = false;

  constructor(
    private readonly usage: RateUsageRepository,
    private readonly log: Log,
    config: LimitsConfig,
    metrics: Metrics,
  ) {
    this.limits = { general: config.general, ai: config.ai, admin: config.admin, auth: config.auth };
    this.books = {
      general: new UsageBook(config.general),
      ai: new UsageBook(config.ai),
      admin: new UsageBook(config.admin),
    };
    this.refusals = metrics.counter('http_rate_limited_total', 'Requests refused with 429, by tier', {
      name: 'tier',
      values: RATE_TIERS,
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.setClock(await this.usage.now());
  }

  /** Before the pool closes: what was admitted here still counts elsewhere. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer ?? undefined);
    await this.report();
  }

  /** Counts one request of a caller, at once wherever possible; null where the tier has no limit. */
  take(tier: RateTier, caller: string): RateStanding | null | Promise<RateStanding> {
    if (this.limits[tier] === 0) return null;
    if (tier === 'auth') return this.takeExactly(caller);
    const turn = this.books[tier].take(caller, this.window);
    return turn === 'unsure' ? this.takeInAHurry(tier, caller) : this.conclude(tier, caller, turn);
  }

  private async takeExactly(caller: string): Promise<RateStanding> {
    const limit = this.limits.auth;
    const { used, window, epochSeconds } = await this.usage.count('auth', caller, limit);
    if (used === null) this.refusals.inc({ tier: 'auth' });
    return rateStanding(used !== null, limit, used === null ? 0 : limit - used, window, epochSeconds);
  }

  /** Hears the other processes first; with several callers in a hurry once for all of them. */
  private async takeInAHurry(tier: SharedTier, caller: string): Promise<RateStanding> {
    const book = this.books[tier];
    const patience = new Patience(PATIENCE_MS);
    let turn: Turn = 'unsure';
    while (turn === 'unsure' && !this.isAlone && !patience.isOver) {
      await Promise.race([this.report(), patience.end]);
      turn = book.take(caller, this.window);
    }
    return this.conclude(tier, caller, turn === 'unsure' ? book.takeAlone(caller, this.window) : turn);
  }

  private conclude(tier: SharedTier, caller: string, turn: Turn): RateStanding {
    if (turn === 'refused') this.refusals.inc({ tier });
    else this.reportSoon();
    const book = this.books[tier];
    const { window } = this;
    return rateStanding(
      turn === 'admitted',
      book.limit,
      book.remaining(caller, window),
      window,
      this.epochSeconds,
    );
  }

  private reportSoon(): void {
    if (this.isStopped) return;
    this.timer ??= setTimeout(() => void this.report(), REPORT_AFTER_MS).unref();
  }

  /** Tells the other processes what was admitted here and hears what they have; one report at a time. Never throws. */
  private report(): Promise<void> {
    this.reporting ??= this.exchange().finally(() => {
      this.reporting = null;
    });
    return this.reporting;
  }

  private async exchange(): Promise<void> {
    clearTimeout(this.timer ?? undefined);
    this.timer = null;
    const { window } = this;
    const books = Object.entries(this.books);
    const news = books.flatMap(([tier, book]) => book.beginReport(window).map((one) => ({ tier, ...one })));
    if (news.length === 0) return;
    try {
      const { totals, epochSeconds } = await this.usage.report(news, window);
      for (const [tier, book] of books) {
        const ofTier = totals.filter((total) => total.tier === tier);
        book.endReport(window, new Map(ofTier.map(({ caller, count }) => [caller, count])));
      }
      if (epochSeconds !== null) this.setClock(epochSeconds);
      this.isAlone = false;
    } catch (error) {
      for (const [, book] of books) book.failReport(window);
      if (!this.isAlone)
        this.log.warn({ reason: (error as Error).message }, 'rate limits hold for each process by itself');
      this.isAlone = true;
      this.reportSoon();
    }
  }

  private setClock(epochSeconds: number): void {
    this.clockOffset = epochSeconds - performance.now() / 1_000;
  }

  private get epochSeconds(): number {
    return performance.now() / 1_000 + this.clockOffset;
  }

  private get window(): number {
    return windowOf(this.epochSeconds);
  }
}

/** A time that ends. */
class Patience {
  isOver = false;
  readonly end: Promise<void>;

  constructor(ms: number) {
    this.end = new Promise((resolve) => {
      setTimeout(() => {
        this.isOver = true;
        resolve();
      }, ms).unref();
    });
  }
}
