import { rateStanding, windowOf } from './rate-window';

describe('a rate window', () => {
  it.each([
    [0, 0],
    [59.999, 0],
    [60, 60],
    [1_764_000_123.4, 1_764_000_120],
  ])('of second %d begins at %d', (seconds, window) => {
    expect(windowOf(seconds)).toBe(window);
  });

  it('tells when all is free again, and how long to wait until then', () => {
    expect(rateStanding(false, 100, 0, 120, 150.2)).toEqual({
      isAdmitted: false,
      limit: 100,
      remaining: 0,
      resetAt: 180,
      waitSeconds: 30,
    });
  });

  it('lets nobody wait for less than a second', () => {
    expect(rateStanding(false, 1, 0, 120, 179.9999).waitSeconds).toBe(1);
    expect(rateStanding(false, 1, 0, 120, 180.5).waitSeconds).toBe(1);
  });
});
