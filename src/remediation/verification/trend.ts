import type { Measurement } from './measurement';

/** A robust straight line through a measurement. */
export interface Trend {
  /** By millisecond. */
  readonly slope: number;
  /** Where the line is at a time. */
  at(timeMs: number): number;
  /** Median absolute deviation of the values from the line, scaled to be a standard deviation where they are normal. */
  readonly noise: number;
}

/** More than these say no more about a line, and cost the square of their number. */
const MAX_POINTS = 60;
const MAD_TO_SIGMA = 1.4826;

/**
 * The line of a measurement, which a few wild values do not move.
 * Shape   at least one value; a slope of 0 where times do not differ.
 * Source  Theil 1950, Sen 1968: the median of the slopes between all pairs; the median of what then is left.
 */
export function trendOf({ timesMs, values }: Measurement): Trend {
  const stride = Math.ceil(values.length / MAX_POINTS);
  const places = values.map((_, i) => i).filter((i) => i % stride === 0);
  const slopes = places.flatMap((i, n) =>
    places
      .slice(n + 1)
      .filter((j) => timesMs[j] > timesMs[i])
      .map((j) => (values[j] - values[i]) / (timesMs[j] - timesMs[i])),
  );
  const slope = slopes.length === 0 ? 0 : median(slopes);
  return lineOf({ timesMs, values }, slope);
}

/** The line of a measurement that keeps its level. */
export function levelOf(measurement: Measurement): Trend {
  return lineOf(measurement, 0);
}

/** Shape  at least one value. */
export function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

function lineOf({ timesMs, values }: Measurement, slope: number): Trend {
  // From the first time on, since milliseconds since 1970 would take all digits from what matters.
  const [fromMs] = timesMs;
  const intercept = median(values.map((value, i) => value - slope * (timesMs[i] - fromMs)));
  const at = (timeMs: number): number => intercept + slope * (timeMs - fromMs);
  return {
    slope,
    at,
    noise: MAD_TO_SIGMA * median(values.map((value, i) => Math.abs(value - at(timesMs[i])))),
  };
}
