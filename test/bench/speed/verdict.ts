/** What a row must reach: a ratio of at least, or of at most, so much. */
export interface Goal {
  readonly kind: 'at least' | 'at most';
  readonly ratio: number;
}

export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** One ratio a round, summed up. `low` and `high` hold the middle 95 % of a bootstrap of the median. */
export interface Spread {
  readonly n: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2_000;
/** A baseline that moves by more than this between rounds says that the machine, and not the code, was measured. */
const STEADY_FACTOR = 2;
const STEADY_DISK_FACTOR = 3;

/**
 * The middle value.
 * @example median([3, 1, 2, 10]) // 2.5
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Sums up the ratios of a row's rounds; the same ratios give the same interval. */
export function spread(ratios: readonly number[]): Spread {
  const random = mulberry32(ratios.length);
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(ratios.map(() => ratios[Math.floor(random() * ratios.length)])),
  ).sort((a, b) => a - b);
  return {
    n: ratios.length,
    median: median(ratios),
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    low: medians[Math.floor(RESAMPLES * 0.025)],
    high: medians[Math.ceil(RESAMPLES * 0.975) - 1],
  };
}

/**
 * Whether the goal is reached beyond doubt, missed beyond doubt, or neither.
 * @example judge({ kind: 'at least', ratio: 0.8 }, spread([0.9, 0.91, 0.92]), []) // 'pass'
 */
export function judge(goal: Goal, { low, high }: Spread, doubts: readonly string[]): Verdict {
  if (doubts.length > 0) return 'inconclusive';
  const [worst, best] = goal.kind === 'at least' ? [low, high] : [high, low];
  if (reaches(goal, worst)) return 'pass';
  return reaches(goal, best) ? 'inconclusive' : 'fail';
}

export function reaches({ kind, ratio }: Goal, value: number): boolean {
  return kind === 'at least' ? value >= ratio : value <= ratio;
}

/** Why a row's rounds cannot be compared with each other, if so. */
export function doubtsAbout(baseline: readonly number[], diskProbesMs: readonly number[]): string[] {
  const doubts: string[] = [];
  const moved = (values: readonly number[]): number => Math.max(...values) / Math.min(...values);
  if (moved(baseline) > STEADY_FACTOR)
    doubts.push(`the baseline moved by ${moved(baseline).toFixed(1)}x between rounds`);
  if (moved(diskProbesMs) > STEADY_DISK_FACTOR)
    doubts.push(`the disk's sync moved by ${moved(diskProbesMs).toFixed(1)}x`);
  return doubts;
}

/** A small seeded generator (Tommy Ettinger's mulberry32), so that a saved result can be computed again. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
