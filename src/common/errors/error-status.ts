import { ErrorKind } from './domain-error';

/** The HTTP status of each kind of error. The one place where the two meet. */
export const ERROR_STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  unprocessable: 422,
  too_many: 429,
  internal: 500,
  not_implemented: 501,
  unavailable: 503,
} as const satisfies Record<ErrorKind, number>;

const KIND_OF_STATUS = new Map<number, ErrorKind>(
  (Object.entries(ERROR_STATUS) as [ErrorKind, number][]).map(([kind, status]) => [status, kind]),
);

/** The kind of error that a framework's status stands for; any other 4xx counts as invalid, the rest as internal. */
export function errorKind(status: number): ErrorKind {
  return KIND_OF_STATUS.get(status) ?? (status >= 400 && status < 500 ? 'invalid' : 'internal');
}
