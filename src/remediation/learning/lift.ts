import type { Interval } from './interval';

/** A share, and where it truly lies. */
export interface Estimate extends Interval {
  readonly share: number;
}

/** By how much one share is above another, with its 95 % interval; from −1 to 1. */
export interface Lift extends Interval {
  readonly difference: number;
}

/**
 * By how much a share is above what was to be expected, out of both with their own intervals.
 * Needs   Both to be independent: what was treated, and what was left alone.
 * Source  Newcombe, Interval estimation for the difference between independent proportions, 1998, method 10; for intervals other than Wilson's:
 *         Zou & Donner, Construction of confidence limits about effect measures, 2008 (MOVER).
 * @example liftOf({ share: 0.9, lower: 0.7, upper: 0.97 }, { share: 0.5, lower: 0.4, upper: 0.6 }) // { difference: 0.4, lower: 0.176, upper: 0.522 }
 */
export function liftOf(seen: Estimate, expected: Estimate): Lift {
  const difference = seen.share - expected.share;
  return {
    difference,
    lower: difference - Math.hypot(seen.share - seen.lower, expected.upper - expected.share),
    upper: difference + Math.hypot(seen.upper - seen.share, expected.share - expected.lower),
  };
}
