/** How often something like this went well, and how sure that is. */
export interface SuccessPrediction {
  /** How many ended before. */
  readonly past: number;
  readonly succeeded: number;
  /** The share that went well, from 0 to 1; null where nothing like it has ended yet. */
  readonly rate: number | null;
  /** Where the true share lies, 19 times in 20. */
  readonly lower: number;
  readonly upper: number;
}

const Z_95 = 1.959964;

/**
 * The share of successes with its 95 % interval.
 * Source  Wilson, Probable inference, the law of succession, and statistical inference, 1927.
 * @example predictSuccess(0, 0) // { past: 0, succeeded: 0, rate: null, lower: 0, upper: 1 }
 */
export function predictSuccess(succeeded: number, past: number): SuccessPrediction {
  if (past === 0) return { past, succeeded, rate: null, lower: 0, upper: 1 };
  const rate = succeeded / past;
  const z2 = Z_95 ** 2;
  const centre = (rate + z2 / (2 * past)) / (1 + z2 / past);
  const half = (Z_95 / (1 + z2 / past)) * Math.sqrt((rate * (1 - rate)) / past + z2 / (4 * past ** 2));
  return { past, succeeded, rate, lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) };
}
