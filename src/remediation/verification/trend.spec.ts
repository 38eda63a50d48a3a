import fc from 'fast-check';

import { levelOf, trendOf } from './trend';

const times = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => 1_700_000_000_000 + i * 1_000);

describe('the trend of a measurement', () => {
  it('is the line that it lies on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (count, perSecond) => {
          const timesMs = times(count);
          const values = timesMs.map((_, i) => 7 + i * perSecond);
          const trend = trendOf({ timesMs, values });
          expect(trend.at(timesMs[0] + 300_000)).toBeCloseTo(7 + 300 * perSecond, 3);
          expect(trend.noise).toBeCloseTo(0, 6);
        },
      ),
    );
  });
  it('is not moved by a few wild values', () => {
    const timesMs = times(60);
    const values = timesMs.map((_, i) => (i % 10 === 3 ? 1_000 : i));
    expect(trendOf({ timesMs, values }).slope * 1_000).toBeCloseTo(1, 1);
  });
  it('is level where it is taken to be so', () => {
    expect(levelOf({ timesMs: times(3), values: [1, 9, 2] }).at(0)).toBe(2);
  });
});
