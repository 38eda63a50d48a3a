import { Injectable } from '@nestjs/common';

import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { Sample } from '../telemetry.types';
import { canonicalSeries, checkSeries, seriesFingerprint } from './labels';
import { NewSeries, SeriesRepository } from './series.repository';

/** Series that may be new within a minute; a sender whose labels never repeat must not fill the database (safety T1). */
const MAX_NEW_PER_MINUTE = 20_000;
const MINUTE_MS = 60_000;
/** Ids kept in memory; past it the oldest go, and are read again when they come back. */
const MAX_REMEMBERED = 500_000;
/** How often word of deleted series is asked for, and how far back: what another process deleted is forgotten within a second. */
const REFRESH_MS = 1_000;
const REFRESH_SECONDS_BACK = 10;
const REGISTER_ATTEMPTS = 3;

/** The id of every series that a process has met, by its canonical text: a known series costs no statement. */
@Injectable()
export class SeriesRegistry {
  private readonly ids = new Map<string, number>();
  private readonly recent = { windowStartMs: 0, count: 0 };

  private refreshAtMs = 0;

  constructor(
    private readonly series: SeriesRepository,
    private readonly database: Database,
  ) {}

  /**
   * The series id of each sample, registering those that are new.
   * Throws InvalidLabels, and DomainError `too_many` where too many series are new.
   */
  async resolve(samples: readonly Sample[], nowMs: number): Promise<number[]> {
    if (nowMs >= this.refreshAtMs) await this.refresh(nowMs);
    const keys: string[] = [];
    const unknown = new Map<string, NewSeries>();
    for (const sample of samples) {
      const { name, labels } = checkSeries(sample.name, sample.labels);
      const key = canonicalSeries(name, labels);
      keys.push(key);
      if (this.ids.has(key) || unknown.has(key)) continue;
      const type = sample.type ?? 'untyped';
      const behaviour =
        sample.behaviour ?? (type === 'counter' ? 'counter' : type === 'gauge' ? 'gauge' : 'untyped');
      unknown.set(key, { fingerprint: seriesFingerprint(name, labels), name, labels, type, behaviour });
    }
    if (unknown.size > 0) await this.learn(unknown, nowMs);
    return keys.map((key) => this.idOf(key));
  }

  /** Forgets a deleted series, so that its next sample registers it anew. */
  forget(id: number): void {
    for (const [key, known] of this.ids) if (known === id) this.ids.delete(key);
  }

  private async refresh(nowMs: number): Promise<void> {
    const sinceLast = (nowMs - this.refreshAtMs) / 1_000;
    this.refreshAtMs = nowMs + REFRESH_MS;
    // Whoever slept for longer than word is kept near may have missed some, and begins anew.
    if (sinceLast > REFRESH_SECONDS_BACK - 2) this.ids.clear();
    for (const id of await this.series.listDeleted(REFRESH_SECONDS_BACK)) this.forget(id);
  }

  private idOf(key: string): number {
    const id = this.ids.get(key);
    // Deleted by somebody else while it was being registered, again and again: the sender tries again.
    if (id === undefined)
      throw new DomainError(
        'unavailable',
        'telemetry/series-contended',
        'The series is being deleted; try again',
        { retryAfterSeconds: 1 },
      );
    return id;
  }

  private async learn(unknown: ReadonlyMap<string, NewSeries>, nowMs: number): Promise<void> {
    if (nowMs - this.recent.windowStartMs >= MINUTE_MS)
      Object.assign(this.recent, { windowStartMs: nowMs, count: 0 });
    if (this.recent.count + unknown.size > MAX_NEW_PER_MINUTE) {
      throw new DomainError(
        'too_many',
        'telemetry/too-many-new-series',
        `More than ${MAX_NEW_PER_MINUTE} new series within a minute`,
        {
          retryAfterSeconds: Math.ceil((this.recent.windowStartMs + MINUTE_MS - nowMs) / 1_000),
        },
      );
    }
    this.recent.count += unknown.size;
    // Outside of any transaction: an id that was learnt in one that rolls back would name nothing.
    await this.database.apart(async () => {
      for (
        let attempt = 0;
        attempt < REGISTER_ATTEMPTS && [...unknown.keys()].some((key) => !this.ids.has(key));
        attempt += 1
      ) {
        const ids = await this.series.register([...unknown.values()]);
        for (const [key, { fingerprint }] of unknown) {
          const id = ids.get(fingerprint.toString('hex'));
          if (id !== undefined) this.ids.set(key, id);
        }
      }
    });
    for (const key of this.ids.keys()) {
      if (this.ids.size <= MAX_REMEMBERED) break;
      this.ids.delete(key);
    }
  }
}
