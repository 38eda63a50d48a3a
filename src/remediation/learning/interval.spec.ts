import fc from 'fast-check';

import { wilsonInterval } from './interval';

describe('the interval of a share', () => {
  it.each([
    [5, 10, 0.2366, 0.7634],
    [0, 20, 0, 0.1611],
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
  ])('of %i of %i is what Newcombe (1998, table I) has', (seen, trials, lower, upper) => {
    expect(wilsonInterval(seen / trials, trials)).toEqual({
      lower: expect.closeTo(lower, 4),
      upper: expect.closeTo(upper, 4),
    });
  });

  it('is everything where nothing was seen', () => {
    expect(wilsonInterval(0, 0)).toEqual({ lower: 0, upper: 1 });
  });

  it('holds the share, and lies between 0 and 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 1_000 }), (share, trials) => {
        const { lower, upper } = wilsonInterval(share, trials);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(share);
        expect(upper).toBeGreaterThanOrEqual(share);
        expect(upper).toBeLessThanOrEqual(1);
      }),
    );
  });
});
