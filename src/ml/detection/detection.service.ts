import { setImmediate as yieldToOthers } from 'node:timers/promises';

import { Injectable, OnModuleInit } from '@nestjs/common';

import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { Metrics } from '../../observability/metrics';
import { SampleConsumer } from '../../telemetry/sample-consumer.port';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { BatchPosition, HeldGroup, StoredBatch } from '../../telemetry/telemetry.types';
import { EpisodeChange } from '../detectors/episode.types';
import { FindingsPort } from '../findings.port';
import { Finding } from '../ml.types';
import { CheckpointPace } from './checkpoint-pace';
import { DetectorRepository } from './detector.repository';
import { WatchedGroup } from './watched-group';
import { Watchlist } from './watchlist.service';

/** What everything of detection stands under among the readers of stored batches. */
export const READER = 'detection.state';
const SETTINGS_MS = 1_000;
/** Points that are scored before others get a turn: some ten milliseconds. */
const POINTS_A_TURN = 1_000;

/**
 * Scores every stored sample once and tells what it finds; of the groups of series that this process holds.
 *
 * Two places a group make that hold through a crash, whichever process takes the group over. What its detectors know is saved up to the first;
 * the second is up to where findings were told, moved in the same transaction as the anomalies. After a crash the states are restored and the
 * batches between the two are scored again in silence: detectors are deterministic, so they arrive exactly where they were, and nothing is told
 * twice. A process that does not know yet that it has lost a group can move neither: each holder writes under a term of its own.
 */
@Injectable()
export class DetectionService extends SampleConsumer implements OnModuleInit {
  readonly reader = READER;

  private findings: FindingsPort | null = null;
  private readonly pace = new CheckpointPace();
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
    private readonly detectors: DetectorRepository,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  onModuleInit(): void {
    this.telemetry.consume(this);
  }

  reportTo(findings: FindingsPort): void {
    this.findings = findings;
  }

  async open(groups: readonly HeldGroup[]): Promise<void> {
    for (const held of groups) this.watchlist.open(held, this.now());
  }

  async consume(batch: StoredBatch, wanted: ReadonlySet<number>): Promise<void> {
    const groups = this.watchlist.select(wanted);
    const changes = await this.score(batch, groups);
    if (changes.size > 0) await this.tell(changes, groups, batch.position);
    for (const group of groups) group?.markScored(batch.position, batch.values.length);
    await this.saveWhenDue();
  }

  async idle(): Promise<void> {
    if (this.now() >= this.settingsAtMs) {
      this.settingsAtMs = this.now() + SETTINGS_MS;
      await this.watchlist.refreshSettings();
    }
    await this.saveWhenDue();
  }

  async save(groups: readonly number[]): Promise<void> {
    const held = this.watchlist.select(new Set(groups)).filter((group) => group !== null);
    const unsaved = held.filter(({ isUnsaved }) => isUnsaved);
    if (unsaved.length > 0) await this.checkpoint(unsaved);
  }

  forget(groups: readonly number[]): void {
    for (const group of groups) this.watchlist.close(group);
  }

  /**
   * The changes of a batch that nobody was told of; of a series that changed more than once, every opening and end, and the last extension.
   */
  private async score(
    { seriesIds, timesMs, values, position }: StoredBatch,
    groups: readonly (WatchedGroup | null)[],
  ): Promise<Map<number, EpisodeChange[]>> {
    await this.watchlist.watch(groups, seriesIds);
    const changes = new Map<number, EpisodeChange[]>();
    let scored = 0;
    for (let i = 0; i < values.length; i += 1) {
      if (i % POINTS_A_TURN === POINTS_A_TURN - 1) await yieldToOthers();
      const group = groups[seriesIds[i] % groups.length];
      if (group === null) continue;
      scored += 1;
      const change = group.series.get(seriesIds[i])?.observe(timesMs[i], values[i]) ?? null;
      if (change !== null && !group.isTold(position)) addChange(changes, seriesIds[i], change);
    }
    this.scored.inc(scored);
    return changes;
  }

  private async tell(
    changes: ReadonlyMap<number, EpisodeChange[]>,
    groups: readonly (WatchedGroup | null)[],
    position: BatchPosition,
  ): Promise<void> {
    const told = new Set<WatchedGroup>();
    const findings: Finding[] = [];
    for (const [id, list] of changes) {
      const group = groups[id % groups.length];
      const series = group?.series.get(id);
      // A series that was deleted while its batch was scored.
      if (!group || series === undefined) continue;
      told.add(group);
      for (const change of list) findings.push(series.finding(change));
    }
    if (findings.length === 0) return;
    await this.database.run(async () => {
      await this.detectors.lockFindings();
      await this.findings?.apply(findings);
      await this.telemetry.advance(
        READER,
        [...told].map((group) => group.placeWhenTold(position)),
      );
    });
    for (const group of told) group.markTold(position);
    for (const { change } of findings) this.changes.inc({ kind: change.kind });
  }

  private async saveWhenDue(): Promise<void> {
    const groups = this.pace.choose(this.watchlist.held(), this.now());
    if (groups.length > 0) await this.checkpoint(groups);
  }

  private async checkpoint(groups: readonly WatchedGroup[]): Promise<void> {
    const bytes = groups.reduce((sum, group) => sum + group.bytesUnsaved(), 0);
    const deleted = await this.database.run(async () => {
      const gone = await this.watchlist.save(groups);
      await this.telemetry.advance(
        READER,
        groups.map((group) => group.placeWhenSaved()),
      );
      return gone;
    });
    for (const id of deleted) this.watchlist.forget(id);
    for (const group of groups) group.markSaved(this.now());
    this.pace.saved(bytes, this.now());
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function addChange(changes: Map<number, EpisodeChange[]>, seriesId: number, change: EpisodeChange): void {
  const list = changes.get(seriesId);
  if (list === undefined) changes.set(seriesId, [change]);
  else if (change.kind === 'extended' && list.at(-1)?.kind === 'extended') list[list.length - 1] = change;
  else list.push(change);
}
