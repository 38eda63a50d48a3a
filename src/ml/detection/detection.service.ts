import { setImmediate as yieldToOthers } from 'node:timers/promises';

import { Injectable, OnModuleInit } from '@nestjs/common';

import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { Log } from '../../observability/log';
import { leaveOut, Metrics } from '../../observability/metrics';
import { SampleConsumer } from '../../telemetry/sample-consumer.port';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { BatchPosition, StoredBatch } from '../../telemetry/telemetry.types';
import { EpisodeChange } from '../detectors/episode.types';
import { FindingsPort } from '../findings.port';
import { Watchlist } from './watchlist.service';

/** Detection's two places among the stored batches. */
const STATE = 'detection.state';
const FINDINGS = 'detection.findings';
const START: BatchPosition = { xact: '0', id: 0 };

const CHECKPOINT_MS = 30_000;
/** A state is some 32 KB: five thousand of them are saved every 75 seconds, two megabytes a second. */
const CHECKPOINT_MS_A_SERIES = 15;
/** A long replay saves its progress as well. */
const CHECKPOINT_POINTS = 500_000;
const SETTINGS_MS = 1_000;
/** Points that are scored before others get a turn: some ten milliseconds. */
const POINTS_A_TURN = 1_000;

/**
 * Scores every stored sample once and tells what it finds.
 *
 * Two cursors make that hold through a crash. `detection.state` is where the saved detector states stand; `detection.findings` is up
 * to where findings were told, moved in the same transaction as the anomalies. After a crash the states are restored and the batches
 * between the two are scored again in silence: detectors are deterministic, so they arrive exactly where they were, and nothing is told twice.
 */
@Injectable()
export class DetectionService extends SampleConsumer implements OnModuleInit {
  readonly reader = STATE;

  private findings: FindingsPort | null = null;
  private isReading = false;
  private position = START;
  private toldUpTo = START;
  private checkpointAtMs = 0;
  private pointsSinceCheckpoint = 0;
  private settingsAtMs = 0;
  private readonly scored = this.metrics.counter(
    'detection_samples_scored_total',
    'Samples scored by a detector',
  );
  private readonly changes = this.metrics.counter(
    'detection_episode_changes_total',
    'Episodes that opened, went on or ended',
    { name: 'kind', values: ['opened', 'extended', 'ended'] satisfies EpisodeChange['kind'][] },
  );

  constructor(
    private readonly telemetry: TelemetryService,
    private readonly watchlist: Watchlist,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  onModuleInit(): void {
    this.telemetry.consume(this);
    this.metrics.gauge(
      'detection_watched_series',
      'Series under watch in this process, by tier',
      ['tier'],
      (gauge) => {
        for (const [tier, count] of Object.entries(this.watchlist.countByTier())) gauge.set({ tier }, count);
      },
    );
    this.metrics.gauge(
      'detection_lag_seconds',
      'How long the oldest stored batch has waited to be scored; only the process that scores tells',
      [],
      async (gauge) => {
        const lag = this.isReading ? await this.telemetry.lagBehind(this.position) : null;
        if (lag === null) leaveOut(gauge);
        else gauge.set(lag);
      },
    );
  }

  reportTo(findings: FindingsPort): void {
    this.findings = findings;
  }

  async open(): Promise<BatchPosition> {
    await this.watchlist.open();
    this.position = (await this.telemetry.findCursor(STATE)) ?? START;
    this.toldUpTo = (await this.telemetry.findCursor(FINDINGS)) ?? START;
    // Both cursors stand in the table before anything is read, so that compaction never runs ahead of either.
    if (this.position === START) await this.telemetry.advance(STATE, START);
    if (this.toldUpTo === START) await this.telemetry.advance(FINDINGS, START);
    this.checkpointAtMs = this.now() + CHECKPOINT_MS;
    this.pointsSinceCheckpoint = 0;
    this.isReading = true;
    return this.position;
  }

  async consume(batch: StoredBatch): Promise<void> {
    const changes = await this.score(batch);
    this.position = batch.position;
    const isSilent = !isAfter(batch.position, this.toldUpTo);
    if (changes.size > 0 && !isSilent) await this.tell(changes, batch.position);
    await this.checkpointWhenDue();
  }

  async idle(): Promise<void> {
    if (this.now() >= this.settingsAtMs) {
      this.settingsAtMs = this.now() + SETTINGS_MS;
      await this.watchlist.refreshSettings();
    }
    await this.checkpointWhenDue();
  }

  async close(): Promise<void> {
    this.isReading = false;
    await this.checkpoint().catch((error: unknown) =>
      this.log.warn(
        { reason: (error as Error).message },
        'the last checkpoint of detection failed; what it held is scored again',
      ),
    );
    this.watchlist.close();
  }

  /** The changes of a batch; of a series that changed more than once, every opening and end, and the last extension. */
  private async score({ seriesIds, timesMs, values }: StoredBatch): Promise<Map<number, EpisodeChange[]>> {
    await this.watchlist.watch(seriesIds);
    const changes = new Map<number, EpisodeChange[]>();
    for (let i = 0; i < values.length; i += 1) {
      if (i % POINTS_A_TURN === POINTS_A_TURN - 1) await yieldToOthers();
      const change = this.watchlist.find(seriesIds[i])?.observe(timesMs[i], values[i]) ?? null;
      if (change !== null) addChange(changes, seriesIds[i], change);
    }
    this.scored.inc(values.length);
    this.pointsSinceCheckpoint += values.length;
    return changes;
  }

  private async tell(changes: ReadonlyMap<number, EpisodeChange[]>, position: BatchPosition): Promise<void> {
    const findings = [...changes].flatMap(([id, list]) =>
      list.map((change) => this.watchlist.get(id).finding(change)),
    );
    await this.database.run(async () => {
      await this.findings?.apply(findings);
      await this.telemetry.advance(FINDINGS, position);
    });
    this.toldUpTo = position;
    for (const { change } of findings) this.changes.inc({ kind: change.kind });
  }

  private async checkpointWhenDue(): Promise<void> {
    if (this.pointsSinceCheckpoint === 0) return;
    if (this.now() >= this.checkpointAtMs || this.pointsSinceCheckpoint >= CHECKPOINT_POINTS)
      await this.checkpoint();
  }

  private async checkpoint(): Promise<void> {
    const { position } = this;
    // While scoring again in silence, the findings' cursor is ahead and stays where it is.
    const told = isAfter(position, this.toldUpTo) ? position : this.toldUpTo;
    await this.database.run(async () => {
      await this.watchlist.save();
      await this.telemetry.advance(STATE, position);
      await this.telemetry.advance(FINDINGS, told);
    });
    const saved = this.watchlist.markSaved();
    this.toldUpTo = told;
    this.checkpointAtMs = this.now() + Math.max(CHECKPOINT_MS, saved * CHECKPOINT_MS_A_SERIES);
    this.pointsSinceCheckpoint = 0;
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function isAfter(a: BatchPosition, b: BatchPosition): boolean {
  const [ax, bx] = [BigInt(a.xact), BigInt(b.xact)];
  return ax > bx || (ax === bx && a.id > b.id);
}

function addChange(changes: Map<number, EpisodeChange[]>, seriesId: number, change: EpisodeChange): void {
  const list = changes.get(seriesId);
  if (list === undefined) changes.set(seriesId, [change]);
  else if (change.kind === 'extended' && list.at(-1)?.kind === 'extended') list[list.length - 1] = change;
  else list.push(change);
}
