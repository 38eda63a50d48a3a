import { type Interval, wilsonInterval, Z_95 } from './interval';

/** For how long something was seen to last: to its end, or only until nobody could tell any more (censored from the right). */
export interface Lasted {
  readonly seconds: number;
  readonly hasEnded: boolean;
}

/** What holds from one end on, until the next. */
export interface SurvivalStep {
  readonly seconds: number;
  /** The share that lasts for longer. */
  readonly share: number;
  /** Greenwood's sum up to here: the variance of ln(share); infinite where nothing lasts for longer. */
  readonly logVariance: number;
  /** How many have ended up to here. */
  readonly ended: number;
}

/** How long something lasts, estimated. */
export interface Survival {
  /** All that was seen, the shortest first. */
  readonly seconds: readonly number[];
  /** One for each time at which something ended, the earliest first. */
  readonly steps: readonly SurvivalStep[];
}

/** How likely something of an age ends within a time, with its 95 % interval. */
export interface EndEstimate extends Interval {
  readonly probability: number;
  /** How many were seen at that age. */
  readonly atRisk: number;
}

/**
 * The share that lasts for longer than each time at which something ended.
 * Shape   Steps fall from below 1, and reach 0 where the longest was seen to its end.
 * Ties    What is censored at the time of an end was still there at that time.
 * Source  Kaplan & Meier, Nonparametric estimation from incomplete observations, 1958; variance: Greenwood, 1926.
 * @example kaplanMeier([{ seconds: 10, hasEnded: true }, { seconds: 20, hasEnded: false }]).steps // [{ seconds: 10, share: 0.5, … }]
 */
export function kaplanMeier(seen: readonly Lasted[]): Survival {
  const sorted = seen.toSorted((one, other) => one.seconds - other.seconds);
  const steps: SurvivalStep[] = [];
  let share = 1;
  let logVariance = 0;
  let ended = 0;
  for (let first = 0; first < sorted.length;) {
    const { seconds } = sorted[first];
    const atRisk = sorted.length - first;
    let next = first;
    let ends = 0;
    for (; next < sorted.length && sorted[next].seconds === seconds; next += 1)
      if (sorted[next].hasEnded) ends += 1;
    if (ends > 0) {
      share *= (atRisk - ends) / atRisk;
      logVariance += ends / (atRisk * (atRisk - ends));
      ended += ends;
      steps.push({ seconds, share, logVariance, ended });
    }
    first = next;
  }
  return { seconds: sorted.map(({ seconds }) => seconds), steps };
}

/**
 * How likely what has lasted for longer than an age ends within a horizon: P(T ≤ age + horizon | T > age), out of those that were seen at that age.
 * Null    Where none was seen at that age, or none was followed to the end of the horizon: the estimate would be what is least, not what is likely.
 * Bounds  On the scale of log(−log), by Greenwood's variance between both ages (Kalbfleisch & Prentice, The statistical analysis of failure time
 *         data, 1980). That says nothing where none or all have ended: there Wilson's, by those who were followed to the end, or who have ended
 *         (the cautious choice of an effective number; Rothman, Estimation of confidence limits for the cumulative probability of survival, 1978).
 * @example endWithin(kaplanMeier([10, 20, 30, 40].map((seconds) => ({ seconds, hasEnded: true }))), 15, 10) // { probability: 1 / 3, atRisk: 3, … }
 */
export function endWithin(
  { seconds, steps }: Survival,
  ageSeconds: number,
  horizonSeconds: number,
): EndEstimate | null {
  const until = ageSeconds + horizonSeconds;
  const atRisk = seconds.length - countUpTo(seconds, ageSeconds);
  if (atRisk === 0) return null;
  const before = stepAt(steps, ageSeconds);
  const after = stepAt(steps, until);
  const share = after.share / before.share;
  const followed = seconds.length - countBelow(seconds, until);
  if (followed === 0 && share > 0) return null;
  const probability = 1 - share;
  if (share === 1) return { probability, atRisk, ...wilsonInterval(0, followed) };
  if (share === 0) return { probability, atRisk, ...wilsonInterval(1, after.ended - before.ended) };
  const reach = (Z_95 * Math.sqrt(after.logVariance - before.logVariance)) / Math.abs(Math.log(share));
  return {
    probability,
    atRisk,
    lower: 1 - share ** Math.exp(-reach),
    upper: 1 - share ** Math.exp(reach),
  };
}

const NOTHING_ENDED: SurvivalStep = { seconds: 0, share: 1, logVariance: 0, ended: 0 };

/** What holds at a time. */
function stepAt(steps: readonly SurvivalStep[], seconds: number): SurvivalStep {
  const index = firstIndex(steps.length, (at) => steps[at].seconds > seconds) - 1;
  return index < 0 ? NOTHING_ENDED : steps[index];
}

function countUpTo(sorted: readonly number[], limit: number): number {
  return firstIndex(sorted.length, (at) => sorted[at] > limit);
}

function countBelow(sorted: readonly number[], limit: number): number {
  return firstIndex(sorted.length, (at) => sorted[at] >= limit);
}

/** The first index from which on something holds, which never stops holding; the length where it holds for none. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
