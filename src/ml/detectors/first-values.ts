import { medianOfSorted, typicalDeviation } from '../math/robust';
import { FIRST_VALUES, FIRST_VALUES_LENGTH } from './state-layout';

/** Standard deviation of normal noise per median deviation. */
const NORMAL = 1.4826;

/** The first values of a series, kept in order until the calibrators speak: they answer for the series in the meantime. */
export class FirstValues {
  private readonly sorted: Float64Array;

  constructor(f64: Float64Array) {
    this.sorted = f64.subarray(FIRST_VALUES, FIRST_VALUES + FIRST_VALUES_LENGTH);
  }

  /** Inserts a value into the `count` present ones. */
  insert(count: number, x: number): void {
    let at = count;
    while (at > 0 && this.sorted[at - 1] > x) {
      this.sorted[at] = this.sorted[at - 1];
      at--;
    }
    this.sorted[at] = x;
  }

  /** Typical deviation of the first `count` values; the series' scale once there are 64. */
  scale(count: number): number {
    return typicalDeviation(this.sorted, count, medianOfSorted(this.sorted, count));
  }

  /** Distance of a value from the median of the first `count`, in robust standard deviations; 0 before the third value. */
  robustZ(count: number, x: number): number {
    if (count < 3) return 0;
    const median = medianOfSorted(this.sorted, count);
    return Math.abs(x - median) / (NORMAL * typicalDeviation(this.sorted, count, median));
  }
}
