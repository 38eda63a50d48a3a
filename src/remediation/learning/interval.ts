/** Where a share lies, 19 times in 20; from 0 to 1. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** The standard normal's 97.5th percentile: 95 % lie within as much on both sides. */
export const Z_95 = 1.959964;

/**
 * The 95 % interval of a share that was seen in `trials`, which need not be whole; everything where there were none.
 * Source  Wilson, Probable inference, the law of succession, and statistical inference, 1927.
 * @example wilsonInterval(0.5, 10) // { lower: 0.237, upper: 0.763 }
 */
export function wilsonInterval(share: number, trials: number): Interval {
  if (trials <= 0) return { lower: 0, upper: 1 };
  const z2 = Z_95 ** 2;
  const centre = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half =
    (Z_95 / (1 + z2 / trials)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials ** 2));
  // What was seen lies within, whatever rounding says.
  return {
    lower: Math.min(share, Math.max(0, centre - half)),
    upper: Math.max(share, Math.min(1, centre + half)),
  };
}
