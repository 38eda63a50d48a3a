import { SeriesSamples } from './chunk-codec';

/** What a series did in [startMs, startMs + step). */
export interface Bucket {
  readonly startMs: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
  readonly count: number;
  readonly sum: number;
}

export interface BucketGrid {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/**
 * Few numbers for a long stretch of samples: one bucket a step, the first at `fromMs`.
 * Shape   samples oldest first. Returns the buckets that hold a sample, oldest first.
 * Units   Milliseconds since 1970; the values keep their unit.
 * Range   Half-open: a sample at `fromMs` counts, one at `toMs` does not; a sample on a border belongs to the later bucket.
 *         The last bucket may be shorter than a step.
 * Gaps    NaN (also the stale marker) and infinities are left out, empty buckets omitted.
 * Throws  RangeError when stepMs is not positive.
 * @example downsample({ timesMs: Float64Array.of(0, 5, 10), values: Float64Array.of(1, 3, 8) }, { fromMs: 0, toMs: 20, stepMs: 10 })
 *          // [{ startMs: 0, min: 1, max: 3, mean: 2, last: 3, count: 2, sum: 4 }, { startMs: 10, min: 8, … }]
 */
export function downsample(samples: SeriesSamples, grid: BucketGrid): Bucket[] {
  const { fromMs, toMs, stepMs } = grid;
  if (!(stepMs > 0)) throw new RangeError(`a step must be positive, not ${stepMs} ms`);
  const buckets: Bucket[] = [];
  let open: { -readonly [K in keyof Bucket]: Bucket[K] } | null = null;
  for (let i = 0; i < samples.timesMs.length; i++) {
    const timeMs = samples.timesMs[i];
    const value = samples.values[i];
    if (timeMs < fromMs || timeMs >= toMs || !Number.isFinite(value)) continue;
    const startMs = fromMs + Math.floor((timeMs - fromMs) / stepMs) * stepMs;
    if (open === null || open.startMs !== startMs) {
      open = { startMs, min: value, max: value, mean: value, last: value, count: 1, sum: value };
      buckets.push(open);
      continue;
    }
    open.count++;
    open.min = Math.min(open.min, value);
    open.max = Math.max(open.max, value);
    open.last = value;
    open.sum += value;
    // Once the sum of large values has overflowed, the mean runs on without it; rounding must not carry it outside of what was seen.
    const mean = Number.isFinite(open.sum)
      ? open.sum / open.count
      : open.mean + (value / open.count - open.mean / open.count);
    open.mean = Math.min(open.max, Math.max(open.min, mean));
  }
  return buckets;
}

/**
 * Sample lists of one series as one list, each instant once: senders repeat batches, and detection must not count twice.
 * Shape   lists in the order in which they were written. Returns times strictly ascending.
 * Twice   Of two samples with the same time the later write wins: the later list, and within a list the later position.
 * Exact   Values keep every bit, NaN payloads included.
 * @example mergeSamples([a, b]) // b's value where both have one
 */
export function mergeSamples(lists: readonly SeriesSamples[]): SeriesSamples {
  const total = lists.reduce((sum, list) => sum + list.timesMs.length, 0);
  const timesMs = new Float64Array(total);
  const values = new Float64Array(total);
  let filled = 0;
  for (const list of lists) {
    timesMs.set(list.timesMs, filled);
    values.set(list.values, filled);
    filled += list.timesMs.length;
  }
  return isAscending(timesMs) ? { timesMs, values } : sortKeepingLast(timesMs, values);
}

function isAscending(timesMs: Float64Array): boolean {
  for (let i = 1; i < timesMs.length; i++) {
    if (timesMs[i] <= timesMs[i - 1]) return false;
  }
  return true;
}

function sortKeepingLast(timesMs: Float64Array, values: Float64Array): SeriesSamples {
  const order = Uint32Array.from(timesMs, (_, index) => index);
  order.sort((a, b) => timesMs[a] - timesMs[b] || a - b);
  const kept = order.filter((index, i) => i + 1 === order.length || timesMs[order[i + 1]] !== timesMs[index]);
  const keptValues = new Float64Array(kept.length);
  // As integers, because a NaN that passes through a number variable may lose its payload.
  const from = new BigUint64Array(values.buffer);
  const to = new BigUint64Array(keptValues.buffer);
  kept.forEach((index, i) => (to[i] = from[index]));
  return { timesMs: Float64Array.from(kept, (index) => timesMs[index]), values: keptValues };
}
