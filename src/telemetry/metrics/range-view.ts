import { InvalidInput } from '../../common/errors/domain-error';
import { SeriesSamples } from './chunk-codec';
import { counterIncreases } from './counter-increase';
import { downsample } from './downsample';
import { largestTriangle } from './largest-triangle';

export const AGGREGATES = ['min', 'max', 'mean', 'last', 'count', 'sum'] as const;
export const COUNTER_FUNCTIONS = ['rate', 'increase'] as const;
export type Aggregate = (typeof AGGREGATES)[number];
export type CounterFunction = (typeof COUNTER_FUNCTIONS)[number];

export const MIN_PLOT_POINTS = 3;
export const MAX_PLOT_POINTS = 10_000;
/** More raw samples of one series than this in one answer help nobody: ask for a step. */
export const MAX_RAW_SAMPLES = 10_000;
export const MAX_STEPS = 11_000;

const HOUR_MS = 3_600_000;
/** How far back a counter's first step may grow from, as Prometheus looks back for a sample. */
const LOOKBACK_MS = 300_000;

/** Half-open: [fromMs, toMs). */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How the samples of a range are shown: as stored, as one bucket or one number a step, or thinned out for a plot. */
export type RangeView =
  | { readonly kind: 'samples' }
  | { readonly kind: 'buckets'; readonly stepMs: number }
  | { readonly kind: 'aggregate'; readonly stepMs: number; readonly aggregate: Aggregate }
  | { readonly kind: 'counter'; readonly stepMs: number; readonly counter: CounterFunction }
  | { readonly kind: 'plot'; readonly points: number };
/** A view that shows a series as [time, value] pairs. */
export type PointsView = Exclude<RangeView, { kind: 'buckets' }>;

interface ViewRequest {
  readonly step?: number;
  readonly aggregate?: Aggregate;
  readonly function?: CounterFunction;
  readonly points?: number;
}

/**
 * The range that is asked for: the last hour before `to` unless `from` says otherwise, up to and with this millisecond unless `to` does.
 * Throws  InvalidInput where it is empty.
 */
export function readTimeRange({ from, to }: { from?: string; to?: string }, nowMs: number): TimeRange {
  const toMs = to === undefined ? nowMs + 1 : Date.parse(to);
  const fromMs = from === undefined ? toMs - HOUR_MS : Date.parse(from);
  if (fromMs >= toMs) throw new InvalidInput('from must be before to');
  return { fromMs, toMs };
}

/**
 * The view that is asked for.
 * Throws  InvalidInput where the wishes contradict each other, or steps are too many.
 */
export function readView(request: ViewRequest, { fromMs, toMs }: TimeRange): RangeView {
  const { step, aggregate, function: counter, points } = request;
  if (aggregate !== undefined && counter !== undefined)
    throw new InvalidInput('aggregate and function exclude each other; give one of them');
  if (points !== undefined) {
    if (step !== undefined || aggregate !== undefined || counter !== undefined)
      throw new InvalidInput(
        'points chooses among the samples as stored; leave step, aggregate and function out',
      );
    return { kind: 'plot', points };
  }
  if (step === undefined) {
    if (aggregate !== undefined || counter !== undefined)
      throw new InvalidInput(`${aggregate === undefined ? 'function' : 'aggregate'} needs a step in seconds`);
    return { kind: 'samples' };
  }
  const stepMs = step * 1_000;
  if ((toMs - fromMs) / stepMs > MAX_STEPS)
    throw new InvalidInput(`step is too small for this range: at most ${MAX_STEPS} buckets`);
  if (aggregate !== undefined) return { kind: 'aggregate', stepMs, aggregate };
  if (counter !== undefined) return { kind: 'counter', stepMs, counter };
  return { kind: 'buckets', stepMs };
}

/** What must be read so that the view can be shown: a counter's first step grows from a sample before the range. */
export function readingRange(view: RangeView, { fromMs, toMs }: TimeRange): TimeRange {
  return { fromMs: view.kind === 'counter' ? fromMs - LOOKBACK_MS : fromMs, toMs };
}

/** The most points that one series can have in a view. */
export function mostPoints(view: PointsView, { fromMs, toMs }: TimeRange): number {
  if (view.kind === 'samples') return MAX_RAW_SAMPLES;
  return view.kind === 'plot' ? view.points : Math.ceil((toMs - fromMs) / view.stepMs);
}

/**
 * A series' samples as the view shows them.
 * Shape   samples of `readingRange`, oldest first. Returns one point a sample, or one a step at its start.
 */
export function viewSamples(samples: SeriesSamples, view: PointsView, range: TimeRange): SeriesSamples {
  switch (view.kind) {
    case 'samples':
      return samples;
    case 'plot':
      return largestTriangle(samples, view.points);
    case 'aggregate': {
      const buckets = downsample(samples, { ...range, stepMs: view.stepMs });
      return pointsOf(buckets, (bucket) => bucket[view.aggregate]);
    }
    case 'counter': {
      const steps = counterIncreases(samples, { ...range, stepMs: view.stepMs });
      return pointsOf(steps, ({ increase, elapsedMs }) =>
        view.counter === 'rate' ? (increase / elapsedMs) * 1_000 : increase,
      );
    }
  }
}

function pointsOf<Step extends { readonly startMs: number }>(
  steps: readonly Step[],
  numberOf: (step: Step) => number,
): SeriesSamples {
  return {
    timesMs: Float64Array.from(steps, ({ startMs }) => startMs),
    values: Float64Array.from(steps, numberOf),
  };
}
