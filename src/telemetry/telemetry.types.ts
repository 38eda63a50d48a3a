import type { SilenceMatcher } from './alerts/silence';
import type { Labels } from './metrics/labels';

export { earliest, isAfter } from './metrics/batch-position';

export type SeriesType = 'gauge' | 'counter' | 'histogram' | 'summary' | 'untyped' | 'info';
/** How a series' numbers move: a counter only rises (or restarts), a gauge goes both ways. */
export type SeriesBehaviour = 'gauge' | 'counter' | 'untyped';

/** A stored series: a metric name with its labels. */
export interface Series {
  readonly id: number;
  readonly name: string;
  readonly labels: Labels;
  /** The family's type, as the source states it. */
  readonly type: SeriesType;
  readonly behaviour: SeriesBehaviour;
  readonly createdAt: Date;
}

/** A sample on its way in; its labels are not yet checked. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly timeMs: number;
  readonly value: number;
  readonly type?: SeriesType;
  readonly behaviour?: SeriesBehaviour;
}

/** `live` samples are measured now; `backfill` ones have their own clock (imports, replays) and are kept for good. */
export const SAMPLE_CLASSES = ['live', 'backfill'] as const;
export type SampleClass = (typeof SAMPLE_CLASSES)[number];

/** A place in the commit order of stored batches: everything up to it has been seen. */
export interface BatchPosition {
  readonly xact: string;
  readonly id: number;
}

/** How far a reader has come with a group of series. */
export interface SeriesGroupPlace {
  readonly group: number;
  /** The how-manieth holder writes this. */
  readonly term: number;
  /** Up to where what the holder knows is saved. */
  readonly saved: BatchPosition;
  /** Up to where what was found is on record. */
  readonly told: BatchPosition;
}

/** A group as its holder takes it. */
export interface HeldGroup extends SeriesGroupPlace {
  /** How many groups there are: a series is of the group that its id leaves as the remainder of a division by this. */
  readonly groupCount: number;
}

/** A group as operators see it. */
export interface SeriesGroupView {
  readonly group: number;
  /** The process that holds it; null where none does. */
  readonly heldBy: string | null;
  readonly heldSince: Date | null;
  readonly savedAt: Date;
}

/** A stored batch in the order in which its transaction committed. */
export interface StoredBatch {
  readonly position: BatchPosition;
  readonly class: SampleClass;
  readonly seriesIds: ArrayLike<number>;
  readonly timesMs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** An alert as later domains see it: one episode, from its firing to its resolution. */
export interface AlertView {
  readonly id: number;
  /** The same for all episodes of an alert. */
  readonly identity: string;
  /** As Prometheus and Alertmanager compute it. */
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly source: string;
  readonly integrationId: number | null;
  readonly startsAt: Date;
  readonly resolvedAt: Date | null;
  /** Nobody said that it is over, but nobody told it again either. */
  readonly isTimedOut: boolean;
  readonly generatorUrl: string | null;
  readonly values: Readonly<Record<string, number>> | null;
}

/** What changed the state of an alert: an episode began, or it ended. */
export interface AlertChange {
  readonly kind: 'fired' | 'resolved';
  readonly changedAt: Date;
  /** As it is on record when it is handed over: one that fired may be resolved by now, and says so in the following change. */
  readonly alert: AlertView;
}

/** A change of a service whose time to settle is not over. */
export interface SettlingChange {
  readonly id: number;
  readonly service: string;
  readonly summary: string;
  readonly until: Date;
}

/** How long changes take to settle. */
export interface SettlingTerms {
  /** Those that do not say. */
  readonly usualSeconds: number;
  /** Any. */
  readonly longestSeconds: number;
}

/** A condition on a label, as it is stored. */
export type LabelCondition = SilenceMatcher;

/** Whether labels fulfil all conditions of a list. */
export type LabelPredicate = (labels: Labels) => boolean;

/** A silence in force. */
export interface ActiveSilence {
  readonly id: string;
  readonly comment: string;
  readonly endsAt: Date;
  readonly accepts: LabelPredicate;
}

/** How samples of a series become one value a step. */
export const STEP_FUNCTIONS = ['last', 'mean', 'min', 'max', 'rate', 'increase'] as const;
export type StepFunction = (typeof STEP_FUNCTIONS)[number];

/** What is to be read of what was measured: of one series, or of all that a selector and labels name. */
export type MeasurementRequest = {
  readonly function: StepFunction;
  readonly stepMs: number;
  /** Half-open: [fromMs, toMs). */
  readonly fromMs: number;
  readonly toMs: number;
} & (
  | { readonly seriesId: number }
  | { readonly selector: string; readonly labels?: Readonly<Record<string, string>> }
);

/** The values of a series, one a step. */
export interface MeasuredSeries {
  readonly seriesId: number;
  readonly timesMs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}
