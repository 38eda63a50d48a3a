import { Seeded } from '../../common/seeded';
import { type Beta, betaQuantile, drawBeta } from './beta';
import type { Tally } from './remedy-belief';

/** A remedy that may come first. */
export interface Arm {
  readonly remedy: string;
  readonly belief: Beta;
  /** What was won and lost with it on this kind of trouble. */
  readonly tally: Tally;
}

/** How much of what the stated order earns may be spent on learning. */
export const ALPHA = 0.2;
/** A candidate counts by the share that it exceeds nine times in ten, the baseline by the one that it falls short of as often. */
const CANDIDATE_QUANTILE = 0.1;
const BASELINE_QUANTILE = 0.9;
/** Draws are from a belief as if of twice the trials: over a few hundred troubles that costs less than to explore for ever (Chapelle & Li). */
const SHARPNESS = 2;

/**
 * The order in which remedies are proposed: by Thompson sampling, behind a safe baseline. From each belief one share is drawn, and the
 * higher one goes first; but before what people put first goes only what the baseline can afford.
 * Shape    arms: in the order that people stated. Returns them all.
 * Random   only by the seed: the same seed and beliefs give the same order.
 * Source   Thompson 1933; Chapelle & Li, An empirical evaluation of Thompson sampling, 2011; the baseline as in Wu et al., Conservative
 *          bandits, 2016, and Kazerouni et al., Conservative contextual linear bandits, 2017.
 */
export function orderArms<A extends Arm>(arms: readonly A[], seed: number): A[] {
  const seeded = new Seeded(seed);
  const drawn = arms.map((arm) => ({
    arm,
    draw: drawBeta(seeded, sharpened(arm.belief)),
    surely: surelyOf(arm),
  }));
  return ordered(drawn).map(({ arm }) => arm);
}

/** A remedy with the share that it exceeds nine times in ten. */
interface Bounded {
  readonly arm: Arm;
  readonly surely: number;
}

interface Drawn<A extends Arm> extends Bounded {
  readonly arm: A;
  readonly draw: number;
}

/** What may go before the first, the first, and what is left by the same rule. */
function ordered<A extends Arm>(drawn: readonly Drawn<A>[]): Drawn<A>[] {
  if (drawn.length <= 1) return [...drawn];
  const [baseline, ...others] = drawn;
  const most = leastToBeEarned(baseline.arm, others);
  const ahead = others.filter(({ draw, surely }) => draw > baseline.draw && surely >= most);
  const behind = others.filter((other) => !ahead.includes(other));
  return [...ahead.toSorted((one, other) => other.draw - one.draw), baseline, ...ordered(behind)];
}

/**
 * Whether one of the others may go before the baseline: whether with it, all that was tried still earns, by its lower bounds, at least
 * 1 − alpha of what the baseline would have earned in as many trials. What the baseline itself has earned stands on both sides, and so
 * falls out: a baseline that was tried often can afford much.
 * @example canAfford(untried, untried, []) // false: nothing was earned yet that could be spent
 */
export function canAfford(candidate: Arm, baseline: Arm, others: readonly Arm[]): boolean {
  const bounded = others.map((arm) => ({ arm, surely: surelyOf(arm) }));
  return surelyOf(candidate) >= leastToBeEarned(baseline, bounded);
}

/** What one has to earn for sure to go before the baseline. */
function leastToBeEarned(baseline: Arm, others: readonly Bounded[]): number {
  const ofBaseline = trialsOf(baseline);
  const trials = others.reduce((sum, { arm }) => sum + trialsOf(arm), ofBaseline + 1);
  const owedTrials = (1 - ALPHA) * trials - ofBaseline;
  if (owedTrials <= 0) return 0;
  const earned = others.reduce((sum, { arm, surely }) => sum + trialsOf(arm) * surely, 0);
  return owedTrials * betaQuantile(BASELINE_QUANTILE, baseline.belief) - earned;
}

function surelyOf({ belief }: Arm): number {
  return betaQuantile(CANDIDATE_QUANTILE, belief);
}

function trialsOf({ tally: { won, lost } }: Arm): number {
  return won + lost;
}

function sharpened({ a, b }: Beta): Beta {
  return { a: a * SHARPNESS, b: b * SHARPNESS };
}
