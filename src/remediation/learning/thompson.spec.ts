import fc from 'fast-check';

import { type Arm, canAfford, orderArms } from './thompson';

/** Each draws and compares many times. */
const RUNS = { numRuns: 200 };

/** A remedy with what was won and lost with it, believed on top of one of each. */
const arm = (remedy: string, won = 0, lost = 0): Arm => ({
  remedy,
  belief: { a: 1 + won, b: 1 + lost },
  tally: { won, lost },
});
const namesOf = (arms: readonly Arm[]) => arms.map(({ remedy }) => remedy);

const anyArms = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })), { maxLength: 6 })
  .map((tallies) => tallies.map(([won, lost], index) => arm(String(index), won, lost)));
const anySeed = fc.integer({ min: 1, max: 2 ** 31 - 1 });

describe('the order in which remedies are proposed', () => {
  it('has every remedy once, and is the same for the same seed', () => {
    fc.assert(
      fc.property(anyArms, anySeed, (arms, seed) => {
        const order = orderArms(arms, seed);
        expect(namesOf(order).toSorted()).toEqual(namesOf(arms).toSorted());
        expect(orderArms(arms, seed)).toEqual(order);
      }),
      RUNS,
    );
  });

  it('is the order that people stated while nothing was seen of any', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), anySeed, (count, seed) => {
        const arms = Array.from({ length: count }, (_, index) => arm(String(index)));
        expect(orderArms(arms, seed)).toEqual(arms);
      }),
      RUNS,
    );
  });

  it('puts before the first only what it can afford', () => {
    fc.assert(
      fc.property(anyArms, anySeed, (arms, seed) => {
        const [baseline, ...others] = arms;
        const order = orderArms(arms, seed);
        for (const ahead of order.slice(0, order.indexOf(baseline)))
          expect(canAfford(ahead, baseline, others)).toBe(true);
      }),
      RUNS,
    );
  });

  it('lets what was verified pass what had no effect', () => {
    const arms = [arm('stated', 1, 9), arm('better', 8, 2)];
    const first = Array.from({ length: 200 }, (_, seed) => orderArms(arms, seed + 1)[0].remedy);
    expect(first.filter((remedy) => remedy === 'better').length).toBeGreaterThan(190);
  });

  it('tries out what is unknown where the stated order was tried often, but not often', () => {
    const arms = [arm('stated', 40, 10), arm('unknown')];
    const first = Array.from({ length: 400 }, (_, seed) => orderArms(arms, seed + 1)[0].remedy);
    const tried = first.filter((remedy) => remedy === 'unknown').length;
    expect(tried).toBeGreaterThan(4);
    expect(tried).toBeLessThan(200);
  });
});

describe('what the stated order can afford', () => {
  it('is nothing before anything was earned', () => {
    expect(canAfford(arm('unknown'), arm('stated'), [arm('unknown')])).toBe(false);
  });

  it('is a trial after a few of its own', () => {
    expect(canAfford(arm('unknown'), arm('stated', 5), [arm('unknown')])).toBe(true);
  });

  it('is used up by trials that came to nothing', () => {
    const wasted = arm('wasted', 0, 6);
    expect(canAfford(wasted, arm('stated', 8), [wasted])).toBe(false);
  });

  it('never shrinks by trials of its own', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 12 }),
        (trials, won, lost) => {
          const other = arm('other', won, lost);
          const can = (count: number) =>
            canAfford(other, { ...arm('stated', count), belief: { a: 6, b: 4 } }, [other]);
          if (can(trials)) expect(can(trials + 1)).toBe(true);
        },
      ),
      RUNS,
    );
  });
});
