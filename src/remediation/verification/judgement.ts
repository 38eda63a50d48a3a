import type { Measurement } from './measurement';
import { levelOf, median, trendOf } from './trend';
import type { VerifiedOutcome } from './verification.entity';
import type { Comparison } from './verification-terms';

/** What has to hold of a measurement, and for how long. */
export interface Condition {
  readonly op: Comparison;
  readonly threshold: number;
  readonly forMs: number;
}

/** What was measured around an action. */
export interface Watched {
  /** Before it began. */
  readonly before: Measurement;
  /** Since it was done. */
  readonly after: Measurement;
  readonly doneAtMs: number;
  readonly giveUpAtMs: number;
  readonly nowMs: number;
}

/** What can be said now. */
export interface Judgement {
  /** Null: it has to be looked at again. */
  readonly outcome: VerifiedOutcome | null;
  /** Why, in words. */
  readonly reason: string;
  /** When the condition began to hold. */
  readonly recoveredAtMs: number | null;
  readonly measured: Measured;
}

/** The numbers behind a judgement; medians, null where nothing was measured. */
export interface Measured {
  readonly before: number | null;
  /** Where it would have been now had it gone on as before. */
  readonly expected: number | null;
  readonly after: number | null;
  readonly samples_before: number;
  readonly samples_after: number;
}

/** What it takes to speak of a trend, and of a measurement at all. */
const FEWEST_FOR_TREND = 5;
const FEWEST_TO_SPEAK = 3;
/** Samples may be this many times further apart than they usually are before they count as missing. */
const GAP_FACTOR = 4;
const SHORTEST_GAP_MS = 5_000;
/** Samples come late: so long after the end is waited for those before it. */
export const LATENESS_MS = 5_000;
/** Worse is what lies beyond the trend by more than its noise explains, and by more than a trifle of the trouble that there was. */
const WORSE_SIGMAS = 3;
const WORSE_SHARE = 0.25;
/** A remedy shakes things up: only what is worse for this share of the time is said to be so before the time is up. */
const EARLY_SHARE = 0.25;

/**
 * Whether an action has helped, by what was measured before and after it.
 * verified     the condition held without a break for its time, and did not hold before
 * made_worse   it is clearly further from the threshold than the trend before would have led, or held before and does no more
 * no_effect    it was measured all along, and neither is so when the time is up
 * unverified   it held before already, or was measured too rarely: nobody can tell
 */
export function judge(condition: Condition, watched: Watched): Judgement {
  const { before, giveUpAtMs, nowMs } = watched;
  const numbers = measuredOf(condition, watched);
  const say = (
    outcome: VerifiedOutcome | null,
    reason: string,
    recoveredAtMs: number | null = null,
  ): Judgement => ({ outcome, reason, recoveredAtMs, measured: numbers });
  const heldBefore =
    before.values.length >= FEWEST_TO_SPEAK && before.values.every((value) => holds(condition, value));
  const recoveredAtMs = heldSince(condition, watched);
  if (recoveredAtMs !== null)
    return heldBefore
      ? say('unverified', `It is ${wanted(condition)}, but it was before the action, too`)
      : say('verified', `It has been ${wanted(condition)} for ${condition.forMs / 1_000} s`, recoveredAtMs);
  const isOver = nowMs >= giveUpAtMs + LATENESS_MS;
  const worse = heldBefore
    ? isOver
      ? lostIt(condition, watched)
      : null
    : worsening(condition, watched, isOver);
  if (worse !== null) return say('made_worse', worse);
  if (!isOver) return say(null, 'It is being looked at');
  if (!isMeasuredToTheEnd(watched)) return say('unverified', 'It was not measured often enough to tell');
  return heldBefore
    ? say('unverified', `It was ${wanted(condition)} before the action, and is only at times since`)
    : say(
        'no_effect',
        `It did not become ${wanted(condition)} for ${condition.forMs / 1_000} s; it is at ${text(numbers.after)}, and was at ${text(numbers.before)}`,
      );
}

export function holds({ op, threshold }: Pick<Condition, 'op' | 'threshold'>, value: number): boolean {
  switch (op) {
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
  }
}

/** From when on the condition held for its time without a break; null where it did not yet. */
function heldSince(condition: Condition, watched: Watched): number | null {
  const { timesMs, values } = watched.after;
  const gapMs = longestGap(watched);
  let sinceMs: number | null = null;
  for (let i = 0; i < values.length; i += 1) {
    const isBroken = sinceMs !== null && timesMs[i] - timesMs[i - 1] > gapMs;
    if (!holds(condition, values[i])) {
      sinceMs = null;
      continue;
    }
    if (sinceMs === null || isBroken) sinceMs = timesMs[i];
    if (timesMs[i] - sinceMs >= condition.forMs) return sinceMs;
  }
  return null;
}

/** Why it is worse than it would have been by itself; null where it is not, or nobody can say. */
function worsening(condition: Condition, watched: Watched, isOver: boolean): string | null {
  const { before, after, doneAtMs, giveUpAtMs } = watched;
  if (before.values.length < FEWEST_FOR_TREND) return null;
  const spanMs = Math.max(condition.forMs, isOver ? 0 : EARLY_SHARE * (giveUpAtMs - doneAtMs));
  const lastMs = after.timesMs.at(-1) ?? 0;
  if (lastMs - doneAtMs < spanMs) return null;
  const first = after.timesMs.findIndex((timeMs) => timeMs >= lastMs - spanMs);
  if (after.values.length - first < FEWEST_TO_SPEAK) return null;
  const expected = expectation(condition, before);
  const margin = Math.max(
    WORSE_SIGMAS * expected.noise,
    WORSE_SHARE * Math.abs(expected.at(before.timesMs.at(-1) ?? 0) - condition.threshold),
  );
  const isWorse = after.values.slice(first).every((value, i) => {
    const beyond = badness(condition, value) - badness(condition, expected.at(after.timesMs[first + i]));
    return badness(condition, value) > 0 && beyond > margin;
  });
  return isWorse
    ? `It is further from being ${wanted(condition)} than it would be had it gone on as before: ${text(after.values.at(-1))} instead of ${text(expected.at(lastMs))}`
    : null;
}

/** Why what held before does no more; null where it does at times, or nobody can say. */
function lostIt(condition: Condition, watched: Watched): string | null {
  const { timesMs, values } = watched.after;
  if (!isMeasuredToTheEnd(watched)) return null;
  const last = values.filter((_, i) => timesMs[i] >= watched.giveUpAtMs - condition.forMs);
  if (last.length === 0 || last.some((value) => holds(condition, value))) return null;
  return `It was ${wanted(condition)} before the action, and is no more: ${text(values.at(-1))}`;
}

/** Where the measurement would have gone: on with a trend that leads away from the threshold, else it would have stayed. */
function expectation(condition: Condition, before: Measurement): ReturnType<typeof trendOf> {
  const trend = trendOf(before);
  return badness({ ...condition, threshold: 0 }, trend.slope) > 0 ? trend : levelOf(before);
}

/** How far a value is from the threshold on the wrong side; negative on the right one. */
function badness({ op, threshold }: Pick<Condition, 'op' | 'threshold'>, value: number): number {
  return op === '<' || op === '<=' ? value - threshold : threshold - value;
}

function isMeasuredToTheEnd(watched: Watched): boolean {
  const { after, giveUpAtMs } = watched;
  const last = after.timesMs.at(-1);
  return (
    after.values.length >= FEWEST_TO_SPEAK && last !== undefined && giveUpAtMs - last <= longestGap(watched)
  );
}

function longestGap({ before, after }: Watched): number {
  // As it was before, where that is known: what comes later must not change what counts as missing.
  const { timesMs } = before.values.length >= FEWEST_TO_SPEAK ? before : after;
  const steps = timesMs.slice(1).map((timeMs, i) => timeMs - timesMs[i]);
  return Math.max(SHORTEST_GAP_MS, steps.length === 0 ? 0 : GAP_FACTOR * median(steps));
}

function measuredOf(condition: Condition, { before, after }: Watched): Measured {
  const lastMs = after.timesMs.at(-1);
  return {
    before: before.values.length === 0 ? null : median(before.values),
    expected:
      lastMs === undefined || before.values.length < FEWEST_FOR_TREND
        ? null
        : expectation(condition, before).at(lastMs),
    after:
      lastMs === undefined
        ? null
        : median(after.values.filter((_, i) => after.timesMs[i] >= lastMs - condition.forMs)),
    samples_before: before.values.length,
    samples_after: after.values.length,
  };
}

function wanted({ op, threshold }: Condition): string {
  return `${op} ${text(threshold)}`;
}

/** Four significant digits, as people read numbers. */
function text(value: number | null | undefined): string {
  return value === null || value === undefined ? 'unknown' : String(Number(value.toPrecision(4)));
}
