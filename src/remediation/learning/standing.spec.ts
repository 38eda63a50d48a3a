import fc from 'fast-check';

import type { SeenOutcome } from './remedy-belief';
import { byExpectation, proposedOrder } from './standing';

const NOW = new Date('2026-06-01T00:00:00Z');
const CLASS = 'metric:rss_bytes:high';
const seen = (
  remedy: string,
  outcome: SeenOutcome['outcome'],
  members: Partial<SeenOutcome> = {},
): SeenOutcome => ({
  remedy,
  anomalyClass: CLASS,
  targetGroup: 'shop',
  outcome,
  selfRecovery: null,
  at: NOW,
  ...members,
});
const HERE = { anomalyClass: CLASS, targetGroup: null };

describe('what is expected of remedies', () => {
  it('puts one that had no effect behind one that was verified', () => {
    const standings = byExpectation(
      ['restart_service', 'runbook:2'],
      HERE,
      [seen('restart_service', 'no_effect'), seen('runbook:2', 'verified')],
      NOW,
    );
    expect(standings).toMatchObject([
      { remedy: 'runbook:2', rank: 1, why: `1 of 1 verified on ${CLASS}`, counts: { verified: 1, of: 1 } },
      {
        remedy: 'restart_service',
        rank: 2,
        why: `0 of 1 verified on ${CLASS}`,
        counts: { noEffect: 1, of: 1 },
      },
    ]);
    expect(standings[0].expectedSuccess).toBeGreaterThan(standings[1].expectedSuccess);
  });

  it('says what is known at the nearest place', () => {
    const why = (outcomes: SeenOutcome[], targetGroup: string | null) =>
      byExpectation(['a'], { anomalyClass: CLASS, targetGroup }, outcomes, NOW)[0].why;
    const elsewhere = seen('a', 'verified', { anomalyClass: 'alert:DiskFull' });
    expect(why([], 'shop')).toBe('nothing was seen of it yet');
    expect(why([elsewhere], 'shop')).toBe('1 of 1 verified on any kind of trouble');
    expect(why([elsewhere, seen('a', 'made_worse', { targetGroup: 'search' })], 'shop')).toBe(
      `0 of 1 verified on ${CLASS}; 1 made it worse`,
    );
    expect(why([seen('a', 'verified', { selfRecovery: 0.9 }), seen('a', 'unverified')], 'shop')).toBe(
      `1 of 1 verified on ${CLASS} in shop; about 1 of them would have gone by themselves`,
    );
  });

  it('lies within its interval, which narrows with what is seen', () => {
    const width = (count: number) => {
      const outcomes = Array.from({ length: count }, (_, index) =>
        seen('a', index % 2 === 0 ? 'verified' : 'no_effect'),
      );
      const [{ lower, upper, expectedSuccess }] = byExpectation(['a'], HERE, outcomes, NOW);
      expect(lower).toBeLessThan(expectedSuccess);
      expect(upper).toBeGreaterThan(expectedSuccess);
      return upper - lower;
    };
    expect(width(40)).toBeLessThan(width(10));
    expect(width(10)).toBeLessThan(width(0));
  });

  it('leaves every remedy in the order of proposals, each once, with its rank', () => {
    const remedies = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 });
    const outcomes = fc.array(
      fc.record({
        remedy: fc.constantFrom('a', 'b', 'c'),
        outcome: fc.constantFrom<SeenOutcome['outcome']>('verified', 'no_effect', 'made_worse'),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(remedies, outcomes, fc.integer({ min: 0, max: 1_000 }), (names, told, seed) => {
        const order = proposedOrder(
          names.map((remedy) => ({ remedy, targetGroup: 'shop' })),
          CLASS,
          told.map(({ remedy, outcome }) => seen(remedy, outcome)),
          seed,
          NOW,
        );
        expect(order.map(({ index }) => index).toSorted()).toEqual(names.map((_, index) => index));
        expect(order.map(({ standing }) => standing.rank)).toEqual(names.map((_, index) => index + 1));
        for (const { index, standing } of order) expect(standing.remedy).toBe(names[index]);
      }),
      { numRuns: 200 },
    );
  });
});
