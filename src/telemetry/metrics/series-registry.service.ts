import { Injectable } from '@nestjs/common';

import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { Sample, SeriesBehaviour, SeriesType } from '../telemetry.types';
import { canonicalSeries, checkSeries, seriesFingerprint, SeriesIdentity } from './labels';
import { sentSeriesKey } from './sent-series-key';
import { NewSeries, SeriesRepository } from './series.repository';

/** Series that may be new within a minute; a sender whose labels never repeat must not fill the database (safety T1). */
const MAX_NEW_PER_MINUTE = 20_000;
const MINUTE_MS = 60_000;
/** Ids kept in memory; past it the oldest go, and are read again when they come back. */
const MAX_REMEMBERED = 500_000;
/** How often word of deleted series is asked for: what another process deleted is forgotten within a second. */
const REFRESH_MS = 1_000;
/** How much further back than the last time is asked, for word that committed late. */
const OVERLAP_SECONDS = 10;
/** Word is kept for a day; who has not asked for nearly so long may have missed some. */
const LONGEST_SILENCE_SECONDS = 20 * 3_600;
const REGISTER_ATTEMPTS = 3;

/** A series under the name by which its sender's protocol knows it. */
export interface KeyedSeries {
  readonly key: string;
  readonly identity: SeriesIdentity & Pick<Sample, 'type' | 'behaviour'>;
}

/** The id of every series that a process has met, by its canonical text: a known series costs no statement. */
@Injectable()
export class SeriesRegistry {
  private readonly ids = new Map<string, number>();
  /** The same by the texts in which senders write them, so that labels are read once and not with every sample. */
  private readonly idsByKey = new Map<string, number>();
  private readonly recent = { windowStartMs: 0, count: 0 };

  private refreshAtMs = 0;
  private learning: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly series: SeriesRepository,
    private readonly database: Database,
  ) {}

  /**
   * The series id of each sample, registering those that are new.
   * Throws InvalidLabels, and DomainError `too_many` where too many series are new.
   */
  async resolve(samples: readonly Sample[], nowMs: number): Promise<number[]> {
    await this.refreshWhenDue(nowMs);
    const ids = new Array<number>(samples.length);
    const newcomers: (KeyedSeries & { readonly place: number })[] = [];
    samples.forEach(({ name, labels, type, behaviour }, place) => {
      const key = sentSeriesKey(name, labels);
      const id = key === null ? undefined : this.idsByKey.get(key);
      if (id !== undefined) ids[place] = id;
      // Of what cannot have a key the check says why.
      else
        newcomers.push({
          place,
          key: key ?? '',
          identity: { ...checkSeries(name, labels), type, behaviour },
        });
    });
    const learnt = await this.registerKeys(newcomers, nowMs);
    newcomers.forEach(({ place }, index) => (ids[place] = learnt[index]));
    return ids;
  }

  /** The id of a series by a protocol's key, where it has been registered under it. */
  findByKey(key: string): number | undefined {
    return this.idsByKey.get(key);
  }

  /** Registers series under their protocol's keys; their labels have been checked. Throws as `resolve` does. */
  async registerKeys(series: readonly KeyedSeries[], nowMs: number): Promise<number[]> {
    const ids = await this.idsOf(
      series.map(({ identity }) => identity),
      nowMs,
    );
    series.forEach(({ key }, index) => this.idsByKey.set(key, ids[index]));
    dropOldest(this.idsByKey);
    return ids;
  }

  /** Forgets a deleted series, so that its next sample registers it anew. */
  forget(id: number): void {
    for (const ids of [this.ids, this.idsByKey])
      for (const [key, known] of ids) if (known === id) ids.delete(key);
  }

  /** Takes over what other processes deleted; to be asked before `findByKey`. */
  async refreshWhenDue(nowMs: number): Promise<void> {
    if (nowMs >= this.refreshAtMs) await this.refresh(nowMs);
  }

  private async idsOf(series: readonly KeyedSeries['identity'][], nowMs: number): Promise<number[]> {
    const unknown = new Map<string, NewSeries>();
    const keys = series.map(({ name, labels, type = 'untyped', behaviour = behaviourOf(type) }) => {
      const key = canonicalSeries(name, labels);
      if (!this.ids.has(key) && !unknown.has(key))
        unknown.set(key, { fingerprint: seriesFingerprint(name, labels), name, labels, type, behaviour });
      return key;
    });
    if (unknown.size > 0) await this.learn(unknown, nowMs);
    return keys.map((key) => this.idOf(key));
  }

  private async refresh(nowMs: number): Promise<void> {
    const sinceLast = (nowMs - this.refreshAtMs) / 1_000;
    this.refreshAtMs = nowMs + REFRESH_MS;
    if (sinceLast > LONGEST_SILENCE_SECONDS) {
      this.ids.clear();
      this.idsByKey.clear();
      return;
    }
    for (const id of await this.series.listDeleted(sinceLast + OVERLAP_SECONDS)) this.forget(id);
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

  /** One after the other: senders that bring new series wait for each other, and never for the connections that others need. */
  private learn(unknown: ReadonlyMap<string, NewSeries>, nowMs: number): Promise<void> {
    const turn = this.learning.then(() => this.register(unknown, nowMs));
    this.learning = turn.catch(() => undefined);
    return turn;
  }

  private async register(wanted: ReadonlyMap<string, NewSeries>, nowMs: number): Promise<void> {
    const unknown = new Map([...wanted].filter(([key]) => !this.ids.has(key)));
    const take = (ids: ReadonlyMap<string, number>): void => {
      for (const [key, { fingerprint }] of unknown) {
        const id = ids.get(fingerprint.toString('hex'));
        if (id === undefined) continue;
        this.ids.set(key, id);
        unknown.delete(key);
      }
    };
    // Outside of any transaction: an id that was learnt in one that rolls back would name nothing.
    await this.database.apart(async () => {
      // What is registered already is new to this process only, which may have just started.
      take(await this.series.findIds([...unknown.values()]));
      this.admit(unknown.size, nowMs);
      for (let attempt = 0; attempt < REGISTER_ATTEMPTS && unknown.size > 0; attempt += 1)
        take(await this.series.register([...unknown.values()]));
    });
    dropOldest(this.ids);
  }

  /** Counts new series within the minute. Throws DomainError `too_many` past what a minute may bring. */
  private admit(count: number, nowMs: number): void {
    if (nowMs - this.recent.windowStartMs >= MINUTE_MS)
      Object.assign(this.recent, { windowStartMs: nowMs, count: 0 });
    if (this.recent.count + count > MAX_NEW_PER_MINUTE) {
      throw new DomainError(
        'too_many',
        'telemetry/too-many-new-series',
        `More than ${MAX_NEW_PER_MINUTE} new series within a minute`,
        { retryAfterSeconds: Math.ceil((this.recent.windowStartMs + MINUTE_MS - nowMs) / 1_000) },
      );
    }
    this.recent.count += count;
  }
}

function behaviourOf(type: SeriesType): SeriesBehaviour {
  return type === 'counter' || type === 'gauge' ? type : 'untyped';
}

function dropOldest(ids: Map<string, number>): void {
  for (const key of ids.keys()) {
    if (ids.size <= MAX_REMEMBERED) break;
    ids.delete(key);
  }
}
