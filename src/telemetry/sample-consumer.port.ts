import { HeldGroup, StoredBatch } from './telemetry.types';

/**
 * The hand-over from storage to detection: called once a stored batch, in commit order. The series are shared out among groups, and each group
 * is one process' own at a time. A later module registers its consumer with `TelemetryService.consume`. Calls never overlap.
 */
export abstract class SampleConsumer {
  /** Names the consumer's places among the stored batches; batches after the earliest of them are kept for it. */
  abstract readonly reader: string;
  /** These groups are this process' own now; their batches come from what was saved on. */
  abstract open(groups: readonly HeldGroup[]): Promise<void>;
  /**
   * Must not return before the batch is dealt with, as far as its series are of these groups; the rest of it is another's, or was dealt with
   * before. An error has all groups forgotten, and opened again.
   */
  abstract consume(batch: StoredBatch, groups: ReadonlySet<number>): Promise<void>;
  /** Called when there is nothing more to read for now, about twice a second. */
  abstract idle(): Promise<void>;
  /** Called when groups are about to be another's: save what can be saved. */
  abstract save(groups: readonly number[]): Promise<void>;
  /** Called when groups may be another's: what is known of them is worth nothing any more. */
  abstract forget(groups: readonly number[]): void;
}
