import { BatchPosition, HeldGroup, isAfter, SeriesGroupPlace } from '../../telemetry/telemetry.types';
import type { DetectorTier } from '../detectors/detector.types';
import { Unsaved } from './checkpoint-pace';
import { WatchedSeries } from './watched-series';

/** What a saved state weighs, about. */
const STATE_BYTES: Record<DetectorTier, number> = { full: 32_000, light: 500 };

/** A group of series that this process holds: those of them under watch, and how far they have come. */
export class WatchedGroup implements Unsaved {
  readonly series = new Map<number, WatchedSeries>();
  /** Series of which there are samples, but which are deleted. */
  readonly unknown = new Set<number>();
  samplesUnsaved = 0;

  private scored: BatchPosition;
  private saved: BatchPosition;
  private told: BatchPosition;

  constructor(
    private readonly held: HeldGroup,
    public savedAtMs: number,
  ) {
    this.scored = held.saved;
    this.saved = held.saved;
    this.told = held.told;
  }

  /** Up to where its samples are scored. */
  get position(): BatchPosition {
    return this.scored;
  }

  get isUnsaved(): boolean {
    return this.scored !== this.saved;
  }

  bytesUnsaved(): number {
    return this.dirty().reduce((sum, { plan }) => sum + (plan === null ? 0 : STATE_BYTES[plan.tier]), 0);
  }

  /** Series that have learnt something since they were saved. */
  dirty(): WatchedSeries[] {
    return [...this.series.values()].filter(({ isDirty }) => isDirty);
  }

  /** Whether what is found at a place was told before: by a process that died before it could save what it knew. */
  isTold(position: BatchPosition): boolean {
    return !isAfter(position, this.told);
  }

  /** Its place once what was found in a batch is on record. */
  placeWhenTold(position: BatchPosition): SeriesGroupPlace {
    return this.placeOf(this.saved, position);
  }

  /** Its place once it is saved. While scoring again in silence, what was told is ahead and stays where it is. */
  placeWhenSaved(): SeriesGroupPlace {
    return this.placeOf(this.scored, this.isTold(this.scored) ? this.told : this.scored);
  }

  markScored(position: BatchPosition, samples: number): void {
    this.scored = position;
    this.samplesUnsaved += samples;
  }

  markTold(position: BatchPosition): void {
    this.told = position;
  }

  markSaved(nowMs: number): void {
    const { saved, told } = this.placeWhenSaved();
    this.saved = saved;
    this.told = told;
    this.savedAtMs = nowMs;
    this.samplesUnsaved = 0;
    for (const one of this.series.values()) one.isDirty = false;
  }

  private placeOf(saved: BatchPosition, told: BatchPosition): SeriesGroupPlace {
    const { group, term } = this.held;
    return { group, term, saved, told };
  }
}
