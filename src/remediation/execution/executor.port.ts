import type { ActionType } from '../actions/action-type';
import type { TargetKind } from '../targets/target-kind';
import type { JsonObject, JsonValue } from './json';
import type { SealedSecrets } from './sealed-secrets';

/** What is acted upon, as it stood when it was read. */
export interface ExecutionTarget {
  readonly id: number;
  readonly name: string;
  readonly kind: TargetKind;
  /** Grows with every change of it, so that an approval can be bound to what was approved. */
  readonly version: number;
  readonly isEnabled: boolean;
  /** As its kind has them; checked when they were set, and again by the executor. */
  readonly settings: JsonObject;
  readonly secrets: SealedSecrets;
}

/** One attempt of one step, as the ledger hands it to whoever touches the world. */
export interface StepOrder {
  /** The same over all attempts: a target that has seen it does nothing twice. */
  readonly stepId: string;
  /** Grows with every attempt: a target that has seen a higher one refuses a late one. */
  readonly fence: number;
  readonly attempt: number;
  /** When the step was ordered: the same over all attempts, so that what is sent is too. */
  readonly orderedAt: Date;
  readonly actionId: number;
  readonly actionType: ActionType;
  /** Checked by the catalogue's schema. */
  readonly parameters: Readonly<Record<string, JsonValue>>;
  readonly target: ExecutionTarget;
  readonly timeoutMs: number;
  readonly isDryRun: boolean;
  /**
   * Asked right before the call that acts: false where the attempt is no longer this process's, which may have been asleep since it
   * looked. Whoever hands out an order without it says that it always is.
   */
  readonly isHeld?: () => boolean;
}

/**
 * What an attempt came to.
 * succeeded  the target did it, by its own word
 * failed     it did not come about, by the target's own word; where it may be retried, there was no effect at all
 * unsent     no byte left that could have had an effect: it may be sent again, whatever the step is
 * unknown    lost after the first byte left, or answered without saying; a step that is not idempotent is never sent again by itself
 */
export type StepOutcome =
  | { readonly kind: 'succeeded'; readonly detail: JsonObject }
  | {
      readonly kind: 'failed';
      readonly error: string;
      readonly mayRetry: boolean;
      readonly detail?: JsonObject;
    }
  | { readonly kind: 'unsent'; readonly error: string; readonly mayRetry: boolean }
  | { readonly kind: 'unknown'; readonly error: string };

/** Who touches the world, for one kind of target. */
export interface Executor {
  readonly kind: TargetKind;
  /** Whether it can do actions of this type on this target as that is set up. */
  supports(type: ActionType, target: ExecutionTarget): boolean;
  /** Whether an order that arrives twice has one effect, because the target recognises it or because it states where to end. */
  isIdempotent(order: Pick<StepOrder, 'actionType' | 'parameters' | 'target'>): boolean;
  /** Makes the attempt. Never throws: whatever happens is an outcome. `log` takes lines for the people who follow it. */
  execute(order: StepOrder, log: (line: string) => void, signal: AbortSignal): Promise<StepOutcome>;
  /** Whether the target can be used, without any effect on it; a sentence about what was found. Throws a DomainError with the reason. */
  check(target: ExecutionTarget, signal: AbortSignal): Promise<string>;
}
