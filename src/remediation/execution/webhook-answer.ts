import type { StepOutcome } from './executor.port';
import { at, JsonObject, JsonValue } from './json';
import { plainLine } from './plain-text';
import type { WebhookSettings } from './webhook-settings';

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Refusals that a later attempt may not meet: in progress or changed meanwhile, too early, too many, not all of it received. */
const PASSING_REFUSALS = [408, 409, 425, 429];
/** Redirects that say "send it there instead": nothing was done here. The others also follow a form that was taken. */
const NOT_DONE_HERE = [301, 307, 308];
const MAX_MESSAGE = 300;

/**
 * What an answer says of the step.
 * 2xx        done, where the declared word stands in the body or none is declared; another word there: not done. A body that cannot
 *            be read where a word is due says neither.
 * 4xx        not done. 408, 409, 425 and 429 may be tried again.
 * 5xx        may come from a gateway after the target acted, so it says neither, unless the settings say that it means no effect.
 * 3xx        never followed. 301, 307 and 308: not done. Others say neither.
 */
export function judgeWebhookAnswer(settings: WebhookSettings, answer: WebhookAnswer): StepOutcome {
  const { status } = answer;
  const detail = detailOf(settings, answer);
  const said = typeof detail.message === 'string' ? `: ${detail.message}` : '';
  const { statuses } = settings.success;
  if (statuses.length > 0 ? statuses.includes(status) : status >= 200 && status < 300)
    return judgeBody(settings, answer, detail);
  if (status >= 500)
    return settings.errorsMeanNoEffect
      ? { kind: 'failed', error: `the target answered ${status}${said}`, mayRetry: true, detail }
      : {
          kind: 'unknown',
          error: `the target answered ${status}, which may come after the effect${said}`,
        };
  if (status >= 400)
    return {
      kind: 'failed',
      error: `the target answered ${status}${said}`,
      mayRetry: PASSING_REFUSALS.includes(status),
      detail,
    };
  if (status >= 300 && NOT_DONE_HERE.includes(status))
    return {
      kind: 'failed',
      error: `the target answered with a redirect (${status}), which is not followed`,
      mayRetry: false,
      detail,
    };
  return {
    kind: 'unknown',
    error: `the target answered ${status}, which does not say whether it acted${said}`,
  };
}

function judgeBody({ success }: WebhookSettings, answer: WebhookAnswer, detail: JsonObject): StepOutcome {
  if (success.pointer === null) return { kind: 'succeeded', detail };
  const body = readJson(answer.body);
  const word = body === undefined ? undefined : at(body, success.pointer);
  if (word === undefined)
    return {
      kind: 'unknown',
      error: `the target answered ${answer.status} without a word at ${success.pointer} on whether it acted`,
    };
  // Numbers, words and flags compare as their JSON; of objects nobody declares more than that they are there.
  return JSON.stringify(word) === JSON.stringify(success.equals)
    ? { kind: 'succeeded', detail }
    : {
        kind: 'failed',
        error: `the target answered ${answer.status} with another word at ${success.pointer} than the one for success`,
        mayRetry: false,
        detail,
      };
}

function detailOf({ messagePointer }: WebhookSettings, { status, headers, body }: WebhookAnswer): JsonObject {
  const wait = /^\d{1,6}$/.exec(headers['retry-after'] ?? '');
  const json = messagePointer === null ? undefined : readJson(body);
  const message = json === undefined || messagePointer === null ? undefined : at(json, messagePointer);
  return {
    status,
    ...(wait !== null && { retry_after_seconds: Number(wait[0]) }),
    ...(typeof message === 'string' && { message: plainLine(message, MAX_MESSAGE) }),
  };
}

/** Undefined where the bytes are no JSON in UTF-8. */
function readJson(body: Uint8Array): JsonValue | undefined {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as JsonValue;
  } catch {
    return undefined;
  }
}
