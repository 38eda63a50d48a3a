import type { EvidenceOutcome } from '../verification/evidence.entity';
import type { Level } from './level';

/** What one action of a cell showed; what its row says besides does not count here. */
export interface Experience {
  readonly outcome: EvidenceOutcome;
  /** How likely the trouble was to go by itself; null where nobody knows. */
  readonly selfRecovery: number | null;
}

export interface LadderTerms {
  readonly winsForSemiAuto: number;
  readonly winsForFullAuto: number;
  /** How many wins an action without effect costs, and one that failed. */
  readonly winsLost: number;
}

/** Where a cell stands. */
export interface Standing {
  readonly level: Level;
  /** Those that count, at most as many as the highest level takes. */
  readonly wins: number;
  /** How many are missing for the next level; null at the highest. */
  readonly missing: number | null;
  /** Which of the evidence, counted from 0, brought it to its level; null where it has never had another. */
  readonly changedBy: number | null;
}

/** From here on it is as likely that the trouble went by itself. */
const BY_ITSELF = 0.5;

/**
 * The level that evidence has earned, oldest first. A cell begins at manual.
 * Won       By what is verified, unless the trouble would as likely have gone by itself.
 * Lost      Some wins by what had no effect or failed; everything by what made it worse or by a person's revocation: what was before counts
 *           no longer. What nobody could tell changes nothing.
 * No hoard  Beyond what the highest level takes wins are not counted, so that no long good time hides a bad one.
 * @example climb([{ outcome: 'verified', selfRecovery: null }], { winsForSemiAuto: 1, winsForFullAuto: 2, winsLost: 1 }).level // 'semi_auto'
 */
export function climb(evidence: readonly Experience[], terms: LadderTerms): Standing {
  let wins = 0;
  let level: Level = 'manual';
  let changedBy: number | null = null;
  evidence.forEach((experience, index) => {
    wins = winsAfter(wins, experience, terms);
    const reached = levelOf(wins, terms);
    if (reached !== level) [level, changedBy] = [reached, index];
  });
  return { level, wins, missing: missingFor(level, wins, terms), changedBy };
}

/** Whether trust is lost for good by this, and counting begins anew. */
export function losesAll(outcome: EvidenceOutcome): boolean {
  return outcome === 'made_worse' || outcome === 'revoked';
}

/** Whether it counts for its cell. */
export function isWin({ outcome, selfRecovery }: Experience): boolean {
  return outcome === 'verified' && (selfRecovery === null || selfRecovery < BY_ITSELF);
}

function winsAfter(wins: number, experience: Experience, terms: LadderTerms): number {
  const { outcome } = experience;
  if (losesAll(outcome)) return 0;
  if (outcome === 'no_effect' || outcome === 'failed') return Math.max(0, wins - terms.winsLost);
  return Math.min(terms.winsForFullAuto, wins + (isWin(experience) ? 1 : 0));
}

function levelOf(wins: number, { winsForSemiAuto, winsForFullAuto }: LadderTerms): Level {
  if (wins >= winsForFullAuto) return 'full_auto';
  return wins >= winsForSemiAuto ? 'semi_auto' : 'manual';
}

function missingFor(level: Level, wins: number, terms: LadderTerms): number | null {
  switch (level) {
    case 'manual':
      return terms.winsForSemiAuto - wins;
    case 'semi_auto':
      return terms.winsForFullAuto - wins;
    case 'full_auto':
      return null;
  }
}
