/**
 * The hand-over of anomalies to a later domain: called with those that opened or came back, in commit order, by one process at a time. It
 * follows their history instead of an event, so that whoever reports anomalies does no more for it. A later module registers its consumer
 * with `AnomalyService.follow`; it hears of what commits from its first start on.
 */
export abstract class AnomalyConsumer {
  /** Names the consumer's place in the history. */
  abstract readonly reader: string;
  /**
   * Deals with anomalies, in the transaction in which the consumer's place moves behind them: all of it holds, or nothing, so that each
   * opening has its effect once. An error has them handed over again.
   */
  abstract consume(anomalyIds: readonly number[]): Promise<void>;
}
