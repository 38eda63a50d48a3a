import type { AlertChange } from './telemetry.types';

/**
 * The hand-over of alerts to a later domain: called with what changed the state of alerts, in commit order, by one process at a time.
 * A later module registers its consumer with `TelemetryService.consumeAlerts`.
 */
export abstract class AlertConsumer {
  /** Names the consumer's place among the changes; changes after it are kept for it. */
  abstract readonly reader: string;
  /**
   * Deals with changes, in the transaction in which the consumer's place moves behind them: all of it holds, or nothing, so that each
   * change has its effect once. An error has them handed over again.
   */
  abstract consume(changes: readonly AlertChange[]): Promise<void>;
}
