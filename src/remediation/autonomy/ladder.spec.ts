import fc from 'fast-check';

import type { EvidenceOutcome } from '../verification/evidence.entity';
import { climb, type Experience, isWin, type LadderTerms, losesAll } from './ladder';
import { LEVELS } from './level';

const TERMS: LadderTerms = { winsForSemiAuto: 3, winsForFullAuto: 10, winsLost: 2 };
const OUTCOMES = ['verified', 'unverified', 'no_effect', 'made_worse', 'failed', 'revoked'] as const;
const LETTERS: Readonly<Record<string, EvidenceOutcome>> = {
  v: 'verified',
  u: 'unverified',
  n: 'no_effect',
  w: 'made_worse',
  f: 'failed',
  r: 'revoked',
};
const told = (text: string): Experience[] =>
  [...text].map((letter) => ({ outcome: LETTERS[letter], selfRecovery: null }));

describe('the ladder of a cell', () => {
  it.each([
    ['', 'manual', 0, 3],
    ['vv', 'manual', 2, 1],
    ['vvv', 'semi_auto', 3, 7],
    ['v'.repeat(9), 'semi_auto', 9, 1],
    ['v'.repeat(10), 'full_auto', 10, null],
    ['v'.repeat(10) + 'w', 'manual', 0, 3],
    ['v'.repeat(10) + 'r', 'manual', 0, 3],
    ['v'.repeat(10) + 'wvv', 'manual', 2, 1],
    ['v'.repeat(10) + 'n', 'semi_auto', 8, 2],
    ['v'.repeat(50) + 'n', 'semi_auto', 8, 2],
    ['v'.repeat(10) + 'nvv', 'full_auto', 10, null],
    ['vvvf', 'manual', 1, 2],
    ['nnnvvv', 'semi_auto', 3, 7],
    ['vvuuuv', 'semi_auto', 3, 7],
  ])('after %j is %s with %d wins', (text, level, wins, missing) => {
    expect(climb(told(text), TERMS)).toMatchObject({ level, wins, missing });
  });

  it.each([
    [null, true],
    [0, true],
    [0.49, true],
    [0.5, false],
    [1, false],
  ])('counts what had gone by itself with probability %p as a win: %p', (selfRecovery, expected) => {
    expect(isWin({ outcome: 'verified', selfRecovery })).toBe(expected);
  });

  it('knows what brought it where it is', () => {
    expect(climb(told(''), TERMS).changedBy).toBeNull();
    expect(climb(told('vvvvv'), TERMS).changedBy).toBe(2);
    expect(climb(told('vvvvw'), TERMS).changedBy).toBe(4);
  });

  const anyExperience = fc.record({
    outcome: fc.constantFrom(...OUTCOMES),
    selfRecovery: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  });
  const anyEvidence = fc.array(anyExperience, { maxLength: 60 });
  const anyTerms = fc
    .record({
      winsForSemiAuto: fc.integer({ min: 1, max: 6 }),
      more: fc.integer({ min: 0, max: 10 }),
      winsLost: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ winsForSemiAuto, more, winsLost }) => ({
      winsForSemiAuto,
      winsForFullAuto: winsForSemiAuto + more,
      winsLost,
    }));
  const rankOf = (evidence: Experience[], terms: LadderTerms) => LEVELS.indexOf(climb(evidence, terms).level);
  const sinceLoss = (evidence: Experience[]) =>
    evidence.slice(evidence.findLastIndex(({ outcome }) => losesAll(outcome)) + 1);

  it('never has a level without that many wins since trust was last lost', () => {
    fc.assert(
      fc.property(anyEvidence, anyTerms, (evidence, terms) => {
        const won = sinceLoss(evidence).filter(isWin).length;
        const { level } = climb(evidence, terms);
        if (level === 'full_auto') expect(won).toBeGreaterThanOrEqual(terms.winsForFullAuto);
        if (level === 'semi_auto') expect(won).toBeGreaterThanOrEqual(terms.winsForSemiAuto);
      }),
    );
  });

  it('ends at manual with what made it worse, and with a revocation', () => {
    fc.assert(
      fc.property(
        anyEvidence,
        anyTerms,
        fc.constantFrom('made_worse', 'revoked'),
        (evidence, terms, outcome) => {
          expect(climb([...evidence, { outcome, selfRecovery: null }], terms)).toMatchObject({
            level: 'manual',
            wins: 0,
          });
        },
      ),
    );
  });

  it('is never lower for one win more, wherever it comes', () => {
    fc.assert(
      fc.property(anyEvidence, anyTerms, fc.nat(), (evidence, terms, place) => {
        const more = evidence.toSpliced(place % (evidence.length + 1), 0, {
          outcome: 'verified',
          selfRecovery: null,
        });
        expect(rankOf(more, terms)).toBeGreaterThanOrEqual(rankOf(evidence, terms));
      }),
    );
  });

  it('depends on nothing before trust was last lost, on nothing that nobody could tell, and is the same each time', () => {
    fc.assert(
      fc.property(anyEvidence, anyTerms, (evidence, terms) => {
        const { level, wins } = climb(evidence, terms);
        expect(climb(evidence, terms)).toEqual(climb(evidence, terms));
        expect(climb(sinceLoss(evidence), terms)).toMatchObject({ level, wins });
        expect(
          climb(
            evidence.filter(({ outcome }) => outcome !== 'unverified'),
            terms,
          ),
        ).toMatchObject({ level, wins });
      }),
    );
  });

  it('does not depend on the order of what only wins', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<EvidenceOutcome>('verified', 'unverified')),
        anyTerms,
        (outcomes, terms) => {
          const evidence = outcomes.map((outcome) => ({ outcome, selfRecovery: null }));
          expect(climb(evidence.toReversed(), terms).wins).toBe(climb(evidence, terms).wins);
        },
      ),
    );
  });
});
