import fc from 'fast-check';

import { medianDistanceOfSorted, medianOfSorted, typicalDeviation } from './robust';

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

describe('robust statistics of sorted values', () => {
  it.each([
    { values: [7], median: 7, distance: 0 },
    { values: [1, 2, 4, 9], median: 3, distance: 1.5 },
    { values: [1, 2, 3, 4, 100], median: 3, distance: 1 },
    { values: [5, 5, 5, 5, 9], median: 5, distance: 0 },
  ])('$values have the median $median and the median distance $distance', ({ values, median, distance }) => {
    const array = sorted(values);
    expect(medianOfSorted(array, array.length)).toBe(median);
    expect(medianDistanceOfSorted(array, array.length, median)).toBe(distance);
  });

  it('finds the median distance that sorting all distances finds', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(values, (given) => {
        const array = sorted(given);
        const median = medianOfSorted(array, array.length);
        const distances = sorted(given.map((value) => Math.abs(value - median)));
        expect(medianDistanceOfSorted(array, array.length, median)).toBe(
          medianOfSorted(distances, distances.length),
        );
      }),
    );
  });

  it.each([
    { values: [1, 2, 4, 9], deviation: 1.5, why: 'the median distance' },
    { values: [5, 5, 5, 5, 15], deviation: 2, why: 'the mean distance where most values are equal' },
    { values: [300, 300, 300], deviation: 3, why: 'a hundredth of the level of a constant series' },
    { values: [0, 0], deviation: 0.001, why: 'a thousandth where everything is 0' },
  ])('takes $why as the typical deviation of $values', ({ values, deviation }) => {
    const array = sorted(values);
    expect(typicalDeviation(array, array.length, medianOfSorted(array, array.length))).toBe(deviation);
  });
});
