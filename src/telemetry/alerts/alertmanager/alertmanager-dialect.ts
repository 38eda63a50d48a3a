import type { Dialect } from '../../../common/http/dialect';

/** Alertmanager's API v2: an error is its message, as a JSON string. */
export const ALERTMANAGER: Dialect = {
  prefix: '/api/v2/',
  described: {
    name: 'Alertmanager API v2',
    contentType: 'application/json',
    error: { type: 'string', example: 'at least one label pair required' },
  },
  wordError: ({ status, body }) => ({
    status,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(body.message),
  }),
};
