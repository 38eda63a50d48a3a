import fc from 'fast-check';

import { SeriesSamples } from './chunk-codec';
import { largestTriangle } from './largest-triangle';

function series(values: readonly number[]): SeriesSamples {
  return { timesMs: Float64Array.from(values, (_, i) => i * 1_000), values: Float64Array.from(values) };
}

describe('largestTriangle', () => {
  it('keeps a peak that a mean would flatten', () => {
    const values = Array.from({ length: 1_000 }, (_, i) => (i === 617 ? 50 : Math.sin(i / 40)));
    const plot = largestTriangle(series(values), 50);
    expect(Math.max(...plot.values)).toBe(50);
  });

  it('chooses, in each bucket, what spans the largest triangle', () => {
    // Buckets: [1, 2], [3, 4]; from (0, 0) to the centre of the second the larger swing wins, then on to the last.
    expect([...largestTriangle(series([0, 1, -9, 3, 8, 0]), 4).values]).toEqual([0, -9, 8, 0]);
  });

  it('gives everything where there is no more than was asked for', () => {
    expect(largestTriangle(series([1, 2, 3]), 3)).toEqual(series([1, 2, 3]));
    expect(largestTriangle(series([]), 3)).toEqual(series([]));
  });

  it('gives the first and the last where two points are asked for', () => {
    expect([...largestTriangle(series([1, 2, 3, 4]), 2).values]).toEqual([1, 4]);
  });

  it('leaves out what is no number', () => {
    expect([...largestTriangle(series([NaN, 1, Infinity, 2, NaN]), 3).values]).toEqual([1, 2]);
  });

  it('gives at most as many points, all of them samples, the first and last among them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { maxLength: 120 }),
        fc.integer({ min: 2, max: 60 }),
        (values, points) => {
          const finite = values
            .map((value, i) => [i * 1_000, value])
            .filter(([, value]) => Number.isFinite(value));
          const plot = largestTriangle(series(values), points);
          expect(plot.timesMs).toHaveLength(Math.min(points, finite.length));
          const chosen = [...plot.timesMs].map((timeMs, i) => [timeMs, plot.values[i]]);
          expect(chosen[0]).toEqual(finite[0]);
          expect(chosen.at(-1)).toEqual(finite.at(-1));
          const known = new Map(finite.map(([timeMs, value]) => [timeMs, value]));
          chosen.forEach(([timeMs, value], i) => {
            expect(known.get(timeMs)).toBe(value);
            expect(i === 0 || timeMs > chosen[i - 1][0]).toBe(true);
          });
        },
      ),
    );
  });

  it.each([1, 0, 2.5, NaN])('refuses %d points', (points) => {
    expect(() => largestTriangle(series([1, 2]), points)).toThrow(RangeError);
  });
});
