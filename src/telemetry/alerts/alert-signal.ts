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

/** Who tells of alerts. */
export interface AlertOrigin {
  /** The protocol or product, as people call it: `alertmanager`, `grafana`, `pagerduty`. */
  readonly source: string;
  readonly integrationId: number | null;
  /**
   * Whether the sender tells of a firing alert again and again until it is over, as Prometheus does: one that states no end is then over when
   * it was not told again within ALERT_RESOLVE_TIMEOUT_SECONDS. Otherwise (the default) it fires until the sender says that it is resolved.
   */
  readonly isRepeating?: boolean;
}

/** What became of the signals of one call. */
export interface AlertReceipt {
  /** Committed. */
  readonly stored: number;
  /** Those that no alert can be made of, by their place in the call; the others are stored all the same. */
  readonly refusals: readonly { readonly index: number; readonly message: string }[];
}
