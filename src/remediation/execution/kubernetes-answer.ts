import type { StepOutcome } from './executor.port';
import { isJsonObject } from './json';
import { plainLine } from './plain-text';

const MAX_MESSAGE = 300;
/** Changed meanwhile, or too many requests: another attempt looks again. */
const PASSING = [409, 429];

/** An answer of the API server other than 2xx. */
export interface KubernetesRefusal {
  readonly code: number;
  readonly body: unknown;
}

/** Whether an error is an answer of the API server. */
export function isKubernetesRefusal(error: unknown): error is KubernetesRefusal & Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'body' in error;
}

/**
 * What a refusal says of the step. A 4xx was decided before anything was written; a 5xx to a call that writes may come after the
 * write, one to a call that only looks or rehearses did nothing, and passes.
 */
export function judgeKubernetesRefusal({ code, body }: KubernetesRefusal, isWriting: boolean): StepOutcome {
  const said = messageOf(body);
  const error = `the cluster answered ${code}${said === null ? '' : `: ${said}`}`;
  if (code >= 400 && code < 500) return { kind: 'failed', error, mayRetry: PASSING.includes(code) };
  if (isWriting) return { kind: 'unknown', error };
  return { kind: 'unsent', error, mayRetry: code >= 500 };
}

/** The sentence in a Status object, which the client hands over parsed or as text. */
function messageOf(body: unknown): string | null {
  const status = typeof body === 'string' ? parsed(body) : body;
  return isJsonObject(status) && typeof status.message === 'string'
    ? plainLine(status.message, MAX_MESSAGE)
    : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
