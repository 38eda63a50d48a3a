import type { ErrorAnswer } from '../../common/errors/error-answer';
import type { Dialect } from '../../common/http/dialect';

/** What PagerDuty calls the errors that its clients know; any other is an error. */
const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'invalid event',
  404: 'not found',
  429: 'throttle exceeded',
};

/** Errors as clients of PagerDuty's Events API v2 read them. They send again after 429 and 5xx, and never after another 4xx. */
export const PAGERDUTY: Dialect = {
  prefix: '/v2/',
  described: {
    name: 'PagerDuty Events v2',
    contentType: 'application/json',
    error: {
      type: 'object',
      required: ['status', 'message', 'errors'],
      properties: {
        status: { type: 'string', example: 'invalid event' },
        message: { type: 'string', example: 'Event object is invalid' },
        errors: { type: 'array', items: { type: 'string' } },
      },
    },
  },
  wordError({ status, body: { message, errors } }: ErrorAnswer) {
    const words = {
      status: STATUS_WORDS[status] ?? 'error',
      message: status === 400 ? 'Event object is invalid' : message,
      errors: errors?.map((error) => error.message) ?? [message],
    };
    return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(words) };
  },
};
