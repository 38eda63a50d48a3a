import type { EvidenceOutcome } from '../verification/evidence.entity';
import type { DecisionOutcome } from './autonomy-decision.entity';
import { type Mode, MODES } from './level';
import { type Granter, GRANTERS } from './unattended';

/** How many decisions share these. */
export interface DecisionCount {
  readonly mode: Mode;
  readonly outcome: DecisionOutcome;
  readonly grantedBy: Granter | null;
  readonly count: number;
}

/** How many actions that began by themselves came to this; null where it is not known yet. */
export interface OutcomeCount {
  readonly outcome: EvidenceOutcome | null;
  readonly count: number;
}

/** How often cells came to a higher level, and to a lower one. */
export interface ChangeCounts {
  readonly promotions: number;
  readonly losses: number;
}

export interface AutonomyStatistics extends ChangeCounts {
  readonly decisions: number;
  readonly begun: number;
  readonly left: number;
  readonly byMode: Readonly<Record<Mode, number>>;
  /** What began, by whose yes. */
  readonly byGranter: Readonly<Record<Granter, number>>;
  /** What became of what began; those of which it is not known yet are `unknown`. */
  readonly byOutcome: Readonly<Record<string, number>>;
  /** Of those that began and were judged, the share that is verified, from 0 to 1; null where none was. */
  readonly verifiedShare: number | null;
}

/** The figures of some time, from counts. */
export function autonomyStatistics(
  decisions: readonly DecisionCount[],
  outcomes: readonly OutcomeCount[],
  { promotions, losses }: ChangeCounts,
): AutonomyStatistics {
  const begun = decisions.filter(({ outcome }) => outcome === 'begun');
  const judged = outcomes.filter(({ outcome }) => outcome !== null);
  const verified = outcomes.filter(({ outcome }) => outcome === 'verified');
  return {
    decisions: sum(decisions),
    begun: sum(begun),
    left: sum(decisions) - sum(begun),
    byMode: tally(MODES, (mode) => decisions.filter((one) => one.mode === mode)),
    byGranter: tally(GRANTERS, (granter) => begun.filter(({ grantedBy }) => grantedBy === granter)),
    byOutcome: Object.fromEntries(outcomes.map(({ outcome, count }) => [outcome ?? 'unknown', count])),
    verifiedShare: sum(judged) === 0 ? null : sum(verified) / sum(judged),
    promotions,
    losses,
  };
}

function sum(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

function tally<Word extends string>(
  words: readonly Word[],
  countsOf: (word: Word) => readonly { readonly count: number }[],
): Record<Word, number> {
  return Object.fromEntries(words.map((word) => [word, sum(countsOf(word))])) as Record<Word, number>;
}
