import { HttpException } from '@nestjs/common';

import { isDatabaseOutage } from './database-outage';
import { DomainError, ErrorKind, FieldError } from './domain-error';
import { ERROR_STATUS, errorKind } from './error-status';

/** The contract's error body. */
export interface ErrorBody {
  status: 'error';
  message: string;
  code: string;
  errors?: readonly FieldError[];
  request_id: string;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly body: Omit<ErrorBody, 'request_id'>;
  readonly retryAfterSeconds?: number;
}

const GENERIC_CODE = {
  invalid: 'request/invalid',
  unauthenticated: 'auth/unauthenticated',
  forbidden: 'auth/forbidden',
  not_found: 'request/not-found',
  method_not_allowed: 'request/method-not-allowed',
  conflict: 'request/conflict',
  too_large: 'request/too-large',
  unsupported: 'request/unsupported-media-type',
  unprocessable: 'request/unprocessable',
  too_many: 'request/too-many',
  internal: 'internal',
  not_implemented: 'request/not-implemented',
  unavailable: 'service/unavailable',
} as const satisfies Record<ErrorKind, string>;

/** Seconds a caller should wait while the database is away; it is usually back within five. */
const OUTAGE_RETRY_SECONDS = 5;

/**
 * The answer to any thrown value. Only domain errors and the framework's own 4xx speak in their own words;
 * everything else is a plain 500 whose details stay in the log.
 */
export function answerError(error: unknown): ErrorAnswer {
  if (error instanceof DomainError) {
    return {
      status: ERROR_STATUS[error.kind],
      body: {
        status: 'error',
        message: error.message,
        code: error.code,
        ...(error.errors && { errors: error.errors }),
      },
      retryAfterSeconds:
        error.retryAfterSeconds ?? (error.kind === 'unavailable' ? OUTAGE_RETRY_SECONDS : undefined),
    };
  }
  if (isDatabaseOutage(error)) {
    return {
      status: ERROR_STATUS.unavailable,
      body: { status: 'error', message: 'Service temporarily unavailable', code: 'database/unavailable' },
      retryAfterSeconds: OUTAGE_RETRY_SECONDS,
    };
  }
  const status = error instanceof HttpException ? error.getStatus() : frameworkStatus(error);
  if (status >= 400 && status < 500) {
    const kind = errorKind(status);
    return {
      status,
      body: { status: 'error', message: frameworkMessage(error, kind), code: GENERIC_CODE[kind] },
    };
  }
  return {
    status: 500,
    body: { status: 'error', message: 'Internal server error', code: GENERIC_CODE.internal },
  };
}

function frameworkStatus(error: unknown): number {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : 500;
}

function frameworkMessage(error: unknown, kind: ErrorKind): string {
  switch (kind) {
    case 'unsupported':
      return 'Content-Type must be application/json';
    case 'too_large':
      return 'Request body is too large';
    case 'not_found':
      return 'Not found';
    default:
      return error instanceof SyntaxError || kind === 'invalid'
        ? 'Malformed request'
        : (error as Error).message;
  }
}
