import type { Labels } from '../metrics/labels';

/** One alert as a sender tells it, whatever protocol brought it. Its labels are its identity: two signals with the same are of one alert. */
export interface AlertSignal {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly status: 'firing' | 'resolved';
  /** Null where the sender leaves it to us: now. */
  readonly startsAtMs: number | null;
  /** When it ended, or will unless it is told again; null where the sender says no end. */
  readonly endsAtMs: number | null;
  readonly generatorUrl: string | null;
  /** The numbers that fired, where the sender gives them. */
  readonly values: Readonly<Record<string, number>> | null;
}
