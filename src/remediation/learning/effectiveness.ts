import { wilsonInterval } from './interval';
import { type Estimate, type Lift, liftOf } from './lift';
import { MIN_AT_RISK, selfRecoveryOf } from './self-recovery';
import type { Survival } from './survival';

/** What one action showed of its remedy. */
export interface TreatedCase {
  readonly actionId: number;
  readonly outcome: 'verified' | 'unverified' | 'no_effect' | 'made_worse' | 'failed';
  /** How old the trouble was when the action began, and how long it was then given to go. */
  readonly ageSeconds: number | null;
  readonly horizonSeconds: number | null;
  /** After how long it had gone; null where it had not. */
  readonly recoverySeconds: number | null;
  /** How likely it was to go within that time by itself; null where too little was known. */
  readonly selfRecovery: number | null;
}

/** A share with what it is of. */
export interface CountedEstimate extends Estimate {
  readonly actions: number;
}

/** Whether a remedy does more than time does. */
export interface Effectiveness {
  /** Actions that were done, and judged. */
  readonly treated: number;
  readonly recovered: number;
  readonly madeWorse: number;
  /** Of these nothing is said: nobody could tell, or it was not done. */
  readonly unverified: number;
  readonly failed: number;
  /** The share after which the trouble went; null where none was judged. */
  readonly recovery: Estimate | null;
  /** The share of which that was to be expected with nobody doing anything, among those of which that is known; null where it is of none. */
  readonly expected: CountedEstimate | null;
  /** By how much more of those recovered than was to be expected. */
  readonly lift: Lift | null;
  /** Why there is no lift. */
  readonly reason: string | null;
  /** Of those after which the trouble went. */
  readonly medianRecoverySeconds: number | null;
  /** The latest first. */
  readonly lastActionIds: readonly number[];
}

const LAST = 5;
const JUDGED: readonly TreatedCase['outcome'][] = ['verified', 'no_effect', 'made_worse'];

/** A case of which it is known how likely its trouble was to go by itself. */
type ComparedCase = TreatedCase & { readonly selfRecovery: number };

/**
 * Whether a remedy does more than time does, out of what its actions showed, the latest first. `natural` is how long such trouble goes on by itself, as
 * it is known now; null where nobody sees it end.
 * Lift    Compares like with like: only actions of which it was known how likely their trouble was to go by itself count, on both sides.
 */
export function effectivenessOf(cases: readonly TreatedCase[], natural: Survival | null): Effectiveness {
  const judged = cases.filter(({ outcome }) => JUDGED.includes(outcome));
  const compared = judged.filter((each): each is ComparedCase => each.selfRecovery !== null);
  const expected = compared.length === 0 ? null : expectedOf(compared, natural);
  const counted = (outcome: TreatedCase['outcome']) =>
    cases.filter((each) => each.outcome === outcome).length;
  return {
    treated: judged.length,
    recovered: counted('verified'),
    madeWorse: counted('made_worse'),
    unverified: counted('unverified'),
    failed: counted('failed'),
    recovery: judged.length === 0 ? null : recoveryOf(judged),
    expected: expected && { ...expected, actions: compared.length },
    lift: expected && liftOf(recoveryOf(compared), expected),
    reason: expected === null ? reasonOf(judged.length, natural) : null,
    medianRecoverySeconds: median(
      cases.flatMap(({ outcome, recoverySeconds }) =>
        outcome === 'verified' && recoverySeconds !== null ? [recoverySeconds] : [],
      ),
    ),
    lastActionIds: cases.slice(0, LAST).map(({ actionId }) => actionId),
  };
}

function recoveryOf(judged: readonly TreatedCase[]): Estimate {
  const share = judged.filter(({ outcome }) => outcome === 'verified').length / judged.length;
  return { share, ...wilsonInterval(share, judged.length) };
}

/**
 * The mean of how likely each was to go by itself. Its interval is the mean of theirs: all are read off one curve, so their errors go together and do not
 * cancel out, and this is the widest that they can come to. Where the curve says nothing of a case any more, the truth may be anything.
 */
function expectedOf(compared: readonly ComparedCase[], natural: Survival | null): Estimate {
  const share = mean(compared.map(({ selfRecovery }) => selfRecovery));
  const reaches = compared.map(({ selfRecovery, ageSeconds, horizonSeconds }) => {
    const estimate =
      natural === null || ageSeconds === null || horizonSeconds === null
        ? null
        : selfRecoveryOf(natural, ageSeconds, horizonSeconds);
    return estimate === null
      ? { down: selfRecovery, up: 1 - selfRecovery }
      : { down: estimate.probability - estimate.lower, up: estimate.upper - estimate.probability };
  });
  return {
    share,
    lower: Math.max(0, share - mean(reaches.map(({ down }) => down))),
    upper: Math.min(1, share + mean(reaches.map(({ up }) => up))),
  };
}

function reasonOf(judged: number, natural: Survival | null): string {
  if (judged === 0) return 'No action was judged yet';
  return natural === null
    ? 'Such trouble is told of by whoever reports it, and is never seen to end by itself'
    : `Too little is known of how such trouble goes by itself: at least ${MIN_AT_RISK} have to have been left alone until the age at which an action began, and one of them for as long as it was then looked at`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle one, or the mean of both; null where there is none. */
function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
