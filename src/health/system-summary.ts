import { SystemReading } from './system-history';

export interface Spread {
  readonly avg: number;
  readonly min: number;
  readonly max: number;
}

export interface SystemSummary {
  readonly sampleCount: number;
  /** Null where no reading knows the figure. */
  readonly cpu: Spread | null;
  readonly memory: Spread | null;
  readonly timeRange: { readonly start: Date; readonly end: Date } | null;
}

/** Mean and extremes of the readings' processor and memory use; readings that do not know a figure do not count for it. */
export function summarise(readings: readonly SystemReading[]): SystemSummary {
  const [first, last] = [readings.at(0), readings.at(-1)];
  return {
    sampleCount: readings.length,
    cpu: spreadOf(readings.map(({ host }) => host.cpuUsagePercent)),
    memory: spreadOf(readings.map(({ host }) => host.memoryUsagePercent)),
    timeRange: first === undefined || last === undefined ? null : { start: first.at, end: last.at },
  };
}

/**
 * Mean, least and greatest of the numbers in a list; null where it holds none.
 * @example spreadOf([1, null, 3]) // { avg: 2, min: 1, max: 3 }
 */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const numbers = values.filter((value) => value !== null);
  if (numbers.length === 0) return null;
  let [sum, min, max] = [0, Infinity, -Infinity];
  for (const value of numbers) {
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { avg: sum / numbers.length, min, max };
}
