import { BatchPosition, StoredBatch } from './telemetry.types';

/**
 * The hand-over from storage to detection: called once a stored batch, in commit order, by one process at a time.
 * A later module registers its consumer with `TelemetryService.consume`.
 */
export abstract class SampleConsumer {
  /** Names the consumer's place among the stored batches; batches after it are kept for it. */
  abstract readonly reader: string;
  /** Called on election; returns where reading starts (its own checkpoint), or null to begin at the oldest stored batch. */
  abstract open(): Promise<BatchPosition | null>;
  /** Must not return before the batch is dealt with; an error has the batch handed over again after `open`. */
  abstract consume(batch: StoredBatch): Promise<void>;
  /** Called when there is nothing more to read for now, about once a second. */
  abstract idle(): Promise<void>;
  /** Called when another process may take over: save what can be saved, forget the rest. */
  abstract close(): Promise<void>;
}
