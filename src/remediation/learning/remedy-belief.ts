import type { EvidenceOutcome } from '../verification/evidence.entity';
import type { Beta } from './beta';

/** What was seen of a remedy once, as far as a belief is made of it. */
export interface SeenOutcome {
  readonly remedy: string;
  readonly anomalyClass: string;
  readonly targetGroup: string;
  readonly outcome: EvidenceOutcome;
  /** How likely it was to go by itself; null where too little is known. */
  readonly selfRecovery: number | null;
  readonly at: Date;
}

/** Where a remedy would be used. */
export interface Context {
  /** Null: not known; what is known of all kinds of trouble then counts. */
  readonly anomalyClass: string | null;
  /** Null: any. */
  readonly targetGroup: string | null;
}

/** What was won and lost, in trials; old ones count for less. */
export interface Tally {
  readonly won: number;
  readonly lost: number;
}

/** What is a quarter of a year old counts half: services change about as fast. */
export const HALF_LIFE_DAYS = 90;
/** One remedy that made things worse weighs as much as four that did nothing. */
export const LOSSES_OF_MADE_WORSE = 4;
/** Before anything was seen: one won, one lost. */
const PRIOR: Beta = { a: 1, b: 1 };
/** What other kinds of trouble say counts as so many trials at most, and what other groups say as so many. */
const MOST_FROM_OTHER_CLASSES = 2;
const MOST_FROM_OTHER_GROUPS = 3;

const DAY_MS = 86_400_000;

/**
 * What one outcome is worth. Verified counts as won only as far as the trouble would not have gone by itself; unverified says
 * nothing, and trust that people took away is no outcome of the remedy.
 * @example worthOf({ outcome: 'verified', selfRecovery: 0.25 }) // { won: 0.75, lost: 0.25 }
 */
export function worthOf({ outcome, selfRecovery }: Pick<SeenOutcome, 'outcome' | 'selfRecovery'>): Tally {
  switch (outcome) {
    case 'verified':
      return { won: 1 - (selfRecovery ?? 0), lost: selfRecovery ?? 0 };
    case 'no_effect':
    case 'failed':
      return { won: 0, lost: 1 };
    case 'made_worse':
      return { won: 0, lost: LOSSES_OF_MADE_WORSE };
    case 'unverified':
    case 'revoked':
      return { won: 0, lost: 0 };
  }
}

/** The sum of what was seen, each discounted by its age in days of UTC: on one day the same evidence is worth the same. */
export function tallyOf(seen: readonly SeenOutcome[], now: Date): Tally {
  let [won, lost] = [0, 0];
  for (const outcome of seen) {
    const ageDays = Math.max(0, dayOf(now) - dayOf(outcome.at));
    const weight = 0.5 ** (ageDays / HALF_LIFE_DAYS);
    const worth = worthOf(outcome);
    won += weight * worth.won;
    lost += weight * worth.lost;
  }
  return { won, lost };
}

function dayOf(at: Date): number {
  return Math.floor(at.getTime() / DAY_MS);
}

/**
 * How likely a remedy is to help in a context, out of everything that was seen of it. Each level is the prior of the next: all other
 * kinds of trouble, then this kind in other groups, then this kind in this group. What a level passes on counts as a few trials at
 * most, so that a context that has seen something of its own is soon believed over the others.
 * Source  partial pooling as in Gelman et al., Bayesian Data Analysis, 3rd ed., 5; by capped pseudo-counts in place of a fitted hyperprior.
 */
export function beliefOf(
  seen: readonly SeenOutcome[],
  { anomalyClass, targetGroup }: Context,
  now: Date,
): Beta {
  const elsewhere = seen.filter((outcome) => outcome.anomalyClass !== anomalyClass);
  const here = seen.filter((outcome) => outcome.anomalyClass === anomalyClass);
  const inOthers = here.filter((outcome) => targetGroup !== null && outcome.targetGroup !== targetGroup);
  const own = here.filter((outcome) => targetGroup === null || outcome.targetGroup === targetGroup);
  const ofRemedy = learn(PRIOR, tallyOf(elsewhere, now));
  // Where the kind is unknown there is nothing more special to believe.
  if (anomalyClass === null) return ofRemedy;
  const ofClass = learn(capped(ofRemedy, MOST_FROM_OTHER_CLASSES), tallyOf(inOthers, now));
  return learn(capped(ofClass, MOST_FROM_OTHER_GROUPS), tallyOf(own, now));
}

function learn({ a, b }: Beta, { won, lost }: Tally): Beta {
  return { a: a + won, b: b + lost };
}

/** The same mean, on so many trials at most. */
function capped({ a, b }: Beta, most: number): Beta {
  const scale = Math.min(1, most / (a + b));
  return { a: a * scale, b: b * scale };
}
