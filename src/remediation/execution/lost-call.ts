import { DomainError } from '../../common/errors/domain-error';
import type { StepOrder, StepOutcome } from './executor.port';

/** What the egress client says of a call without a usable answer. */
interface Lost {
  readonly mayHaveArrived: boolean;
}

/**
 * What an attempt came to whose call was not answered. Our own refusals (not on the allow-list, no secret set) left nothing behind
 * and will not change by themselves; a connection that never stood may be tried again; anything else may have arrived.
 */
export function outcomeOfLostCall(error: unknown): StepOutcome {
  if (!(error instanceof DomainError))
    return {
      kind: 'unknown',
      error: `the attempt ended without an answer that can be read (${nameOf(error)})`,
    };
  if (!('mayHaveArrived' in error)) return { kind: 'unsent', error: error.message, mayRetry: false };
  return (error as DomainError & Lost).mayHaveArrived
    ? { kind: 'unknown', error: error.message }
    : { kind: 'unsent', error: error.message, mayRetry: true };
}

/** An attempt that was handed to somebody else before it acted: nothing left. */
const NO_LONGER_HELD: StepOutcome = {
  kind: 'unsent',
  error: 'the attempt was no longer held when it was to act',
  mayRetry: true,
};

/** What an attempt comes to that may not act any more; null while it may. */
export function outcomeWhereNotHeld({ isHeld }: Pick<StepOrder, 'isHeld'>): StepOutcome | null {
  return isHeld?.() === false ? NO_LONGER_HELD : null;
}

/** What an attempt came to that broke off before the call that has the effect. */
export function outcomeBeforeEffect(error: unknown): StepOutcome {
  const outcome = outcomeOfLostCall(error);
  return outcome.kind === 'unknown' ? { kind: 'unsent', error: outcome.error, mayRetry: true } : outcome;
}

/** Not the text of an error that is nobody's word to people: it may quote what was sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
