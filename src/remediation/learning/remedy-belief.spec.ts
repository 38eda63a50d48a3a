import fc from 'fast-check';

import { meanOf } from './beta';
import { beliefOf, HALF_LIFE_DAYS, type SeenOutcome, tallyOf, worthOf } from './remedy-belief';

const NOW = new Date('2026-06-01T00:00:00Z');
const DAY_MS = 86_400_000;
const HERE = { anomalyClass: 'metric:rss_bytes:high', targetGroup: 'shop' };

const seen = (outcome: SeenOutcome['outcome'], members: Partial<SeenOutcome> = {}): SeenOutcome => ({
  remedy: 'restart_service',
  ...HERE,
  outcome,
  selfRecovery: null,
  at: NOW,
  ...members,
});
const times = (count: number, outcome: SeenOutcome): SeenOutcome[] =>
  Array.from({ length: count }, () => outcome);

const anyOutcome = fc.record({
  remedy: fc.constant('restart_service'),
  anomalyClass: fc.constantFrom(HERE.anomalyClass, 'alert:DiskFull'),
  targetGroup: fc.constantFrom(HERE.targetGroup, 'search'),
  outcome: fc.constantFrom<SeenOutcome['outcome']>(
    'verified',
    'unverified',
    'no_effect',
    'made_worse',
    'failed',
    'revoked',
  ),
  selfRecovery: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  at: fc.integer({ min: 0, max: 400 }).map((days) => new Date(NOW.getTime() - days * DAY_MS)),
});

describe('what an outcome is worth', () => {
  it.each([
    { outcome: 'verified', selfRecovery: null, won: 1, lost: 0 },
    { outcome: 'verified', selfRecovery: 0.75, won: 0.25, lost: 0.75 },
    { outcome: 'no_effect', selfRecovery: 0.75, won: 0, lost: 1 },
    { outcome: 'failed', selfRecovery: null, won: 0, lost: 1 },
    { outcome: 'made_worse', selfRecovery: null, won: 0, lost: 4 },
    { outcome: 'unverified', selfRecovery: null, won: 0, lost: 0 },
    { outcome: 'revoked', selfRecovery: null, won: 0, lost: 0 },
  ] as const)(
    '$outcome where $selfRecovery go by themselves: $won won, $lost lost',
    ({ outcome, selfRecovery, won, lost }) => {
      expect(worthOf({ outcome, selfRecovery })).toEqual({ won, lost });
    },
  );

  it('halves as often as a quarter of a year goes by', () => {
    const old = seen('verified', { at: new Date(NOW.getTime() - 2 * HALF_LIFE_DAYS * DAY_MS) });
    expect(tallyOf([old, seen('no_effect')], NOW)).toEqual({ won: 0.25, lost: 1 });
  });
});

describe('what is believed of a remedy', () => {
  it('is nothing in particular before anything was seen', () => {
    expect(meanOf(beliefOf([], HERE, NOW))).toBe(0.5);
  });

  it('is moved by what it did elsewhere, and more by what it did here', () => {
    const elsewhere = times(50, seen('verified', { anomalyClass: 'alert:DiskFull' }));
    const otherGroup = times(50, seen('verified', { targetGroup: 'search' }));
    const fromElsewhere = meanOf(beliefOf(elsewhere, HERE, NOW));
    expect(fromElsewhere).toBeGreaterThan(0.9);
    expect(meanOf(beliefOf([...otherGroup, ...times(3, seen('no_effect'))], HERE, NOW))).toBeCloseTo(0.5, 1);
    expect(meanOf(beliefOf([...elsewhere, ...times(10, seen('no_effect'))], HERE, NOW))).toBeLessThan(0.25);
  });

  it('of an unknown kind of trouble is what is known of any', () => {
    const elsewhere = times(8, seen('verified', { anomalyClass: 'alert:DiskFull' }));
    expect(beliefOf(elsewhere, { anomalyClass: null, targetGroup: 'shop' }, NOW)).toEqual({ a: 9, b: 1 });
  });

  it('rises with every verified outcome here, and falls with every other whose end is known', () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { maxLength: 30 }), (outcomes) => {
        const before = meanOf(beliefOf(outcomes, HERE, NOW));
        expect(before).toBeGreaterThan(0);
        expect(before).toBeLessThan(1);
        const after = (outcome: SeenOutcome['outcome']) =>
          meanOf(beliefOf([...outcomes, seen(outcome)], HERE, NOW));
        expect(after('verified')).toBeGreaterThan(before);
        expect(after('no_effect')).toBeLessThan(before);
        expect(after('made_worse')).toBeLessThan(after('no_effect'));
        expect(after('unverified')).toBe(before);
      }),
    );
  });

  it('does not depend on the order in which it was seen', () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { maxLength: 30 }), (outcomes) => {
        const one = beliefOf(outcomes, HERE, NOW);
        const other = beliefOf(outcomes.toReversed(), HERE, NOW);
        expect(one.a).toBeCloseTo(other.a, 9);
        expect(one.b).toBeCloseTo(other.b, 9);
      }),
    );
  });
});
