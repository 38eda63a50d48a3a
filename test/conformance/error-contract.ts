import type { Operation } from '../../src/docs/api-document';
import type { Answer } from '../support/test-app';

const REQUIRED = ['code', 'message', 'request_id', 'status'];
// eslint-disable-next-line security/detect-unsafe-regex -- the codes are ours
const CODE = /^[a-z_]+(\/[a-z_-]+)?$/;

/** What no answer may show: stacks, SQL, our own or the database's names and paths. */
const INTERNALS =
  /\bat [\w.<>]+ \(|\.[jt]s:\d+|node_modules|node:internal|file:\/\/|\/(?:home|root|tmp|work|app|usr)\/|\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM) \w|QueryFailedError|TypeError|pg_catalog|relation "|column "|constraint "|syntax error at/;

/**
 * How an answer breaks the error contract, or null where it keeps it: no 5xx, and every 4xx is exactly
 * `{status: 'error', message, code, errors?, request_id}` without internals. What the caller sent may come back in a message.
 */
export function breachOf({ status, headers, body, text }: Answer, sent = ''): string | null {
  if (status >= 500) return `${status} ${text.slice(0, 300)}`;
  if (status < 400) return null;
  if (!String(headers['content-type']).startsWith('application/json'))
    return `${status} as ${String(headers['content-type'])}`;
  const error = body as Record<string, unknown>;
  const { errors, ...members } = error;
  if (Object.keys(members).sort().join() !== REQUIRED.join())
    return `${status} with the members ${Object.keys(error).join()}`;
  if (error.status !== 'error') return `${status} with the status ${String(error.status)}`;
  if (typeof error.message !== 'string' || error.message === '') return `${status} without a message`;
  if (typeof error.code !== 'string' || !CODE.test(error.code))
    return `${status} with the code ${String(error.code)}`;
  if (error.request_id !== headers['x-request-id'])
    return `${status} with another request id than its header`;
  if (errors !== undefined && !isFieldErrors(errors, error.message))
    return `${status} with errors ${JSON.stringify(errors)}`;
  if ((status === 429 || status === 503) && !(Number(headers['retry-after']) > 0))
    return `${status} without Retry-After`;
  if (showsInternals(text, sent)) return `${status} shows internals: ${text.slice(0, 300)}`;
  return null;
}

/**
 * How an answer of an operation breaks what it promised: the error contract, or that of its protocol. A protocol has words of its own, but shows
 * as little of what goes on inside, and a 5xx as rarely.
 */
export function breachIn({ dialect }: Pick<Operation, 'dialect'>, answer: Answer, sent = ''): string | null {
  const { status, headers, body, text } = answer;
  if (dialect === null || status >= 500) return breachOf(answer, sent);
  if (status < 400) return null;
  if (text === '') return `${status} without a word`;
  if (typeof body === 'object' && body !== null && 'request_id' in body)
    return `${status} in our words, not in those of ${dialect}`;
  if ((status === 429 || status === 503) && !(Number(headers['retry-after']) > 0))
    return `${status} without Retry-After`;
  return showsInternals(text, sent) ? `${status} shows internals: ${text.slice(0, 300)}` : null;
}

/** What the caller sent may come back, whole or in part: a message about a matcher names the word at which reading stopped. */
function showsInternals(text: string, sent: string): boolean {
  const parts = [sent, ...sent.split(/\s+/)].filter((part) => part !== '');
  const own = parts.reduce((left, part) => left.replaceAll(JSON.stringify(part).slice(1, -1), ''), text);
  return INTERNALS.test(own);
}

function isFieldErrors(errors: unknown, message: string): boolean {
  if (!Array.isArray(errors) || errors.length === 0) return false;
  const all = errors as Record<string, unknown>[];
  const areWhole = all.every(
    (one) =>
      Object.keys(one).sort().join() === 'field,message' &&
      typeof one.field === 'string' &&
      typeof one.message === 'string',
  );
  // A batch has a message of its own; elsewhere it is the first broken rule.
  return areWhole && (message.includes(String(all[0].message)) || String(all[0].field).includes('['));
}
