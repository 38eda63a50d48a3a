/**
 * Median of the first `count` numbers of an ascending array.
 * Shape   sorted: at least `count` >= 1 numbers, ascending.
 * @example medianOfSorted(Float64Array.of(1, 2, 4, 9), 4) // 3
 */
export function medianOfSorted(sorted: Float64Array, count: number): number {
  const half = count >> 1;
  return count % 2 === 1 ? sorted[half] : sorted[half - 1] / 2 + sorted[half] / 2;
}

/**
 * Median distance of the first `count` numbers of an ascending array from their centre, without allocating:
 * the distances are merged from the centre outwards.
 * Units   Those of the values; multiply by 1.4826 for the standard deviation of normal noise.
 * @example medianDistanceOfSorted(Float64Array.of(1, 2, 4, 9), 4, 3) // 1.5
 */
export function medianDistanceOfSorted(sorted: Float64Array, count: number, centre: number): number {
  let right = 0;
  while (right < count && sorted[right] < centre) right++;
  let left = right - 1;
  const half = count >> 1;
  let before = 0;
  let distance = 0;
  for (let taken = 0; taken <= half; taken++) {
    before = distance;
    const leftDistance = left >= 0 ? centre - sorted[left] : Infinity;
    const rightDistance = right < count ? sorted[right] - centre : Infinity;
    if (leftDistance <= rightDistance) {
      distance = leftDistance;
      left--;
    } else {
      distance = rightDistance;
      right++;
    }
  }
  return count % 2 === 1 ? distance : before / 2 + distance / 2;
}

/**
 * A typical deviation that is never 0, so that it may divide.
 * Shape   sorted: `count` >= 1 numbers, ascending.
 * Flat    Where over half the values are equal the mean absolute deviation stands in, then a hundredth of the level, then 0.001.
 */
export function typicalDeviation(sorted: Float64Array, count: number, median: number): number {
  const robust = medianDistanceOfSorted(sorted, count, median);
  if (robust > 0) return robust;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.abs(sorted[i] - median);
  if (sum > 0) return sum / count;
  // A hundredth of a denormal number would be 0 again.
  return median === 0 ? 0.001 : Math.max(Math.abs(median) / 100, 1e-300);
}
