import type { StepOutcome } from './executor.port';
import type { StepVerb } from './step-lifecycle';

/** What of a step bears on what follows an attempt. */
export interface AttemptFacts {
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Whether doing it twice is the same as doing it once. */
  readonly isIdempotent: boolean;
  /** Whether somebody has asked to stop: then nothing is tried again. */
  readonly isCancelRequested: boolean;
}

export interface AttemptEnd {
  readonly verb: Extract<StepVerb, 'succeed' | 'fail' | 'lose' | 'retry'>;
  /** Seconds until it is tried again; 0 where it is not. */
  readonly delaySeconds: number;
}

const FIRST_DELAY_SECONDS = 5;
const LONGEST_DELAY_SECONDS = 300;

/**
 * What follows an attempt. What is known not to have happened may be tried again; what may have happened only where doing it twice is
 * the same as doing it once, and is `unknown` otherwise: never sent again by itself.
 */
export function endOfAttempt(outcome: StepOutcome, facts: AttemptFacts): AttemptEnd {
  if (outcome.kind === 'succeeded') return { verb: 'succeed', delaySeconds: 0 };
  const isLost = outcome.kind === 'unknown';
  const mayRetry = isLost ? facts.isIdempotent : outcome.mayRetry;
  if (mayRetry && facts.attempt < facts.maxAttempts && !facts.isCancelRequested)
    return { verb: 'retry', delaySeconds: retryDelay(facts.attempt) };
  return { verb: isLost ? 'lose' : 'fail', delaySeconds: 0 };
}

/** Seconds before the attempt after this one: doubled each time, up to five minutes. */
export function retryDelay(attempt: number): number {
  return Math.min(FIRST_DELAY_SECONDS * 2 ** (attempt - 1), LONGEST_DELAY_SECONDS);
}
