import type { Combination } from './verification-terms';

/** Values at times, the oldest first. */
export interface Measurement {
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

/** The values of one series, one a step. */
export interface StepValues {
  readonly timesMs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/**
 * Several series as one: of each step the worst, the mean or the sum of those that have a value there. What is no number counts as not measured.
 * @example combine([{ timesMs: [0], values: [1] }, { timesMs: [0], values: [3] }], 'max') // { timesMs: [0], values: [3] }
 */
export function combine(series: readonly StepValues[], across: Combination): Measurement {
  const steps = new Map<number, number[]>();
  for (const { timesMs, values } of series)
    for (let i = 0; i < timesMs.length; i += 1) {
      if (!Number.isFinite(values[i])) continue;
      const step = steps.get(timesMs[i]);
      if (step === undefined) steps.set(timesMs[i], [values[i]]);
      else step.push(values[i]);
    }
  const ordered = [...steps].sort(([a], [b]) => a - b);
  return {
    timesMs: ordered.map(([timeMs]) => timeMs),
    values: ordered.map(([, values]) => oneOf(values, across)),
  };
}

function oneOf(values: readonly number[], across: Combination): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (across) {
    case 'max':
      return Math.max(...values);
    case 'min':
      return Math.min(...values);
    case 'sum':
      return sum;
    case 'mean':
      return sum / values.length;
  }
}
