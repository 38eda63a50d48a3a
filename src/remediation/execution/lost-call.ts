import { DomainError } from '../../common/errors/domain-error';
import type { StepOutcome } from './executor.port';

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

/** What an attempt came to that broke off before the call that has the effect. */
export function outcomeBeforeEffect(error: unknown): StepOutcome {
  const outcome = outcomeOfLostCall(error);
  return outcome.kind === 'unknown' ? { kind: 'unsent', error: outcome.error, mayRetry: true } : outcome;
}

/** Not the text of an error that is nobody's word to people: it may quote what was sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
