import { DomainError } from '../common/errors/domain-error';

export class InvalidIdempotencyKey extends DomainError {
  constructor() {
    super(
      'invalid',
      'idempotency/invalid-key',
      'Idempotency-Key must be 1 to 255 printable ASCII characters; a random UUID is best',
    );
  }
}

/** The first request with this key has not been answered yet. */
export class IdempotencyKeyInProgress extends DomainError {
  constructor() {
    super(
      'conflict',
      'idempotency/in-progress',
      'A request with this Idempotency-Key is still in progress; send it again for its answer',
      { retryAfterSeconds: 1 },
    );
  }
}

/** The key stands for another request: a mistake of the caller's that must not go unnoticed. */
export class IdempotencyKeyReused extends DomainError {
  constructor() {
    super(
      'unprocessable',
      'idempotency/key-reused',
      'This Idempotency-Key was used for another request; every request needs a key of its own',
    );
  }
}
