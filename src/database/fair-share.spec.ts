import fc from 'fast-check';

import { fairShare } from './fair-share';

const sharesOf = (parts: number, members: number) =>
  Array.from({ length: members }, (_, rank) => fairShare(parts, members, rank));

describe('a fair share', () => {
  it.each([
    [16, 1, [16]],
    [16, 2, [8, 8]],
    [16, 3, [6, 5, 5]],
    [16, 5, [4, 3, 3, 3, 3]],
    [2, 3, [1, 1, 0]],
  ])('of %i parts among %i is %p', (parts, members, shares) => {
    expect(sharesOf(parts, members)).toEqual(shares);
  });

  it('leaves no part over, and no two members further apart than one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 80 }), (parts, members) => {
        const shares = sharesOf(parts, members);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(parts);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
