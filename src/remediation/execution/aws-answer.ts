import type { StepOutcome } from './executor.port';
import { plainLine } from './plain-text';

const MAX_MESSAGE = 300;
const THROTTLED =
  /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|ScalingActivityInProgress|DuplicateInstanceId/;

/** An answer of AWS other than a result, as the SDK throws it. */
export interface AwsRefusal extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
}

export function isAwsRefusal(error: unknown): error is AwsRefusal {
  return (
    error instanceof Error &&
    '$metadata' in error &&
    typeof (error as AwsRefusal).$metadata?.httpStatusCode === 'number'
  );
}

/**
 * What a refusal says of the step. A 4xx was decided before anything was done, and throttling passes; a 5xx to a call that acts may
 * come after the act; a 2xx that the SDK could not read says that it was done, and not how.
 */
export function judgeAwsRefusal(error: AwsRefusal, isActing: boolean): StepOutcome {
  const status = error.$metadata.httpStatusCode ?? 0;
  const text = `AWS answered ${status} ${plainLine(error.name, 100)}: ${plainLine(error.message, MAX_MESSAGE)}`;
  if (status >= 400 && status < 500)
    return { kind: 'failed', error: text, mayRetry: status === 429 || THROTTLED.test(error.name) };
  if (isActing) return { kind: 'unknown', error: text };
  return { kind: 'unsent', error: text, mayRetry: true };
}
