import type { EvidenceOutcome } from '../verification/evidence.entity';
import { betaQuantile, meanOf } from './beta';
import { beliefOf, type Context, type SeenOutcome, tallyOf, worthOf } from './remedy-belief';
import { type Arm, orderArms } from './thompson';

/** How often a remedy ended in which way. */
export interface OutcomeCounts {
  readonly verified: number;
  readonly noEffect: number;
  readonly madeWorse: number;
  readonly failed: number;
  /** Of how many whose end is known. */
  readonly of: number;
}

/** What is expected of a remedy in a context, and why. */
export interface Standing {
  readonly remedy: string;
  /** 1 goes first. */
  readonly rank: number;
  /** How likely it is to end the trouble beyond what ends by itself, from 0 to 1. */
  readonly expectedSuccess: number;
  /** Where that lies, 19 times in 20. */
  readonly lower: number;
  readonly upper: number;
  /** In this kind of trouble, and in the group where one is given. */
  readonly counts: OutcomeCounts;
  readonly why: string;
}

/** A remedy that may be ranked, with where it would be used. */
export interface Candidate {
  readonly remedy: string;
  readonly targetGroup: string | null;
}

const TAIL = 0.025;

/**
 * Remedies in the order in which they are proposed, by what was seen of them.
 * Shape   candidates: in the order that people stated; one remedy may be there twice, for other targets. `indexes` says where each stood.
 * Random  only by the seed.
 */
export function proposedOrder(
  candidates: readonly Candidate[],
  anomalyClass: string | null,
  seen: readonly SeenOutcome[],
  seed: number,
  now: Date,
): { readonly index: number; readonly standing: Standing }[] {
  const arms = candidates.map((candidate, index) => ({
    ...armOf(candidate, anomalyClass, seen, now),
    index,
    targetGroup: candidate.targetGroup,
  }));
  return orderArms(arms, seed).map((arm, place) => ({
    index: arm.index,
    standing: standingOf(arm, { anomalyClass, targetGroup: arm.targetGroup }, seen, place + 1),
  }));
}

/** Remedies by what is expected of each, the best one first: what is known, without what is tried out. */
export function byExpectation(
  remedies: readonly string[],
  context: Context,
  seen: readonly SeenOutcome[],
  now: Date,
): Standing[] {
  return remedies
    .map((remedy) => armOf({ remedy, targetGroup: context.targetGroup }, context.anomalyClass, seen, now))
    .toSorted((one, other) => meanOf(other.belief) - meanOf(one.belief))
    .map((arm, place) => standingOf(arm, context, seen, place + 1));
}

/** A remedy with what is believed of it. */
export function armOf(
  { remedy, targetGroup }: Candidate,
  anomalyClass: string | null,
  seen: readonly SeenOutcome[],
  now: Date,
): Arm {
  const own = seen.filter((outcome) => outcome.remedy === remedy);
  return {
    remedy,
    belief: beliefOf(own, { anomalyClass, targetGroup }, now),
    // What may be spent is counted over all groups: few see enough of one kind of trouble by themselves.
    tally: tallyOf(
      own.filter((outcome) => anomalyClass === null || outcome.anomalyClass === anomalyClass),
      now,
    ),
  };
}

function standingOf(
  { remedy, belief }: Arm,
  context: Context,
  seen: readonly SeenOutcome[],
  rank: number,
): Standing {
  const own = seen.filter((outcome) => outcome.remedy === remedy);
  const here = own.filter(
    ({ anomalyClass, targetGroup }) =>
      (context.anomalyClass === null || anomalyClass === context.anomalyClass) &&
      (context.targetGroup === null || targetGroup === context.targetGroup),
  );
  return {
    remedy,
    rank,
    expectedSuccess: meanOf(belief),
    lower: betaQuantile(TAIL, belief),
    upper: betaQuantile(1 - TAIL, belief),
    counts: countsOf(here),
    why: whyOf(own, context),
  };
}

/** Counts outcomes whose end is known; what is unverified says nothing. */
export function countsOf(seen: readonly Pick<SeenOutcome, 'outcome'>[]): OutcomeCounts {
  const count = (wanted: EvidenceOutcome): number => seen.filter(({ outcome }) => outcome === wanted).length;
  const counts = {
    verified: count('verified'),
    noEffect: count('no_effect'),
    madeWorse: count('made_worse'),
    failed: count('failed'),
  };
  return { ...counts, of: counts.verified + counts.noEffect + counts.madeWorse + counts.failed };
}

/** The most special of what is known, in words. */
function whyOf(own: readonly SeenOutcome[], { anomalyClass, targetGroup }: Context): string {
  const ofClass = anomalyClass === null ? [] : own.filter((outcome) => outcome.anomalyClass === anomalyClass);
  const ofGroup =
    targetGroup === null ? [] : ofClass.filter((outcome) => outcome.targetGroup === targetGroup);
  if (countsOf(ofGroup).of > 0) return words(ofGroup, `${anomalyClass} in ${targetGroup}`);
  if (countsOf(ofClass).of > 0) return words(ofClass, `${anomalyClass}`);
  if (countsOf(own).of > 0) return words(own, 'any kind of trouble');
  return 'nothing was seen of it yet';
}

function words(seen: readonly SeenOutcome[], where: string): string {
  const { verified, madeWorse, of } = countsOf(seen);
  const byThemselves = seen
    .filter(({ outcome }) => outcome === 'verified')
    .reduce((sum, outcome) => sum + worthOf(outcome).lost, 0);
  return [
    `${verified} of ${of} verified on ${where}`,
    ...(byThemselves >= 0.5
      ? [`about ${Math.round(byThemselves)} of them would have gone by themselves`]
      : []),
    ...(madeWorse > 0 ? [`${madeWorse} made it worse`] : []),
  ].join('; ');
}
