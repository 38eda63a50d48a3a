import { wilsonInterval } from './interval';
import { liftOf } from './lift';

const shareOf = (seen: number, trials: number) => ({
  share: seen / trials,
  ...wilsonInterval(seen / trials, trials),
});

describe('by how much a share is above what was to be expected', () => {
  // Newcombe 1998, table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.2, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.6, 0.1705, 0.809],
    [6, 7, 2, 7, 0.5714, 0.0582, 0.8062],
    [5, 56, 0, 29, 0.0893, -0.0381, 0.1926],
    [0, 10, 0, 20, 0, -0.1611, 0.2775],
    [10, 10, 0, 20, 1, 0.6791, 1],
  ])('of %i/%i over %i/%i is what Newcombe has', (seen, of, expected, among, difference, lower, upper) => {
    expect(liftOf(shareOf(seen, of), shareOf(expected, among))).toEqual({
      difference: expect.closeTo(difference, 4),
      lower: expect.closeTo(lower, 4),
      upper: expect.closeTo(upper, 4),
    });
  });
});
