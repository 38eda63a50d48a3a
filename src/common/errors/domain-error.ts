/** What went wrong, in the words of HTTP's families; `error-status.ts` gives each its status. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'too_large'
  | 'unsupported'
  | 'unprocessable'
  | 'too_many'
  | 'not_implemented'
  | 'unavailable'
  | 'internal';

/** One rule that an input broke: the field's path, and the contract's sentence about it. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface ErrorDetail {
  /** Every broken rule, in the order in which they were checked; the first is the error's message. */
  readonly errors?: readonly FieldError[];
  /** Seconds after which the caller may try again (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * An error that a caller may see: says what happened, to what, and what would be accepted.
 * Domains derive their own classes from it; `code` is stable (`anomaly/not-found`) and part of the contract.
 */
export class DomainError extends Error {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    detail: ErrorDetail = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = new.target.name;
    this.errors = detail.errors;
    this.retryAfterSeconds = detail.retryAfterSeconds;
  }
}

/** An input that breaks a rule of the contract. */
export class InvalidInput extends DomainError {
  constructor(message: string, errors?: readonly FieldError[]) {
    super('invalid', 'request/invalid', message, { errors });
  }
}
