import fc from 'fast-check';

import { Seeded } from '../../common/seeded';
import { betaCdf, betaQuantile, drawBeta, meanOf } from './beta';

const belief = fc.record({
  a: fc.double({ min: 0.1, max: 300, noNaN: true }),
  b: fc.double({ min: 0.1, max: 300, noNaN: true }),
});

describe('a belief about a share', () => {
  it.each([
    // As R's pbeta has them.
    { x: 0.5, a: 3, b: 3, below: 0.5 },
    { x: 0.2, a: 1, b: 1, below: 0.2 },
    { x: 0.3, a: 2, b: 5, below: 0.579825 },
    { x: 0.9, a: 10, b: 2, below: 0.6973569 },
  ])('of $a and $b is below $x with the probability $below', ({ x, a, b, below }) => {
    expect(betaCdf(x, { a, b })).toBeCloseTo(below, 6);
  });

  it('has quantiles that are the inverse of how likely it is to lie below', () => {
    fc.assert(
      fc.property(belief, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (known, probability) => {
        const share = betaQuantile(probability, known);
        // Where the density is next to infinite at an end, no number of digits gives the probability back.
        if (share > 1e-6 && share < 1 - 1e-6) expect(betaCdf(share, known)).toBeCloseTo(probability, 4);
      }),
      { numRuns: 200 },
    );
  });

  it('is mirrored by the belief about the contrary', () => {
    fc.assert(
      fc.property(belief, fc.double({ min: 0.001, max: 0.999, noNaN: true }), ({ a, b }, x) => {
        expect(betaCdf(x, { a, b }) + betaCdf(1 - x, { a: b, b: a })).toBeCloseTo(1, 7);
      }),
    );
  });

  it.each([
    { a: 0.5, b: 0.5 },
    { a: 1, b: 3 },
    { a: 12.5, b: 4 },
  ])('is what draws from $a and $b show in the long run', (known) => {
    const seeded = new Seeded(7);
    const draws = Array.from({ length: 20_000 }, () => drawBeta(seeded, known));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(mean).toBeCloseTo(meanOf(known), 1.9);
    for (const probability of [0.1, 0.5, 0.9]) {
      const share = betaQuantile(probability, known);
      expect(draws.filter((draw) => draw <= share).length / draws.length).toBeCloseTo(probability, 1.8);
    }
  });

  it('is drawn from in the same way by the same seed', () => {
    expect(drawBeta(new Seeded(3), { a: 2, b: 3 })).toBe(drawBeta(new Seeded(3), { a: 2, b: 3 }));
  });
});
