import { DomainError } from '../../common/errors/domain-error';

/**
 * A sender has used up its budget. Alertmanager's webhook sends again after 503 and never after 429; everybody else does after 429.
 */
export class BudgetSpent extends DomainError {
  constructor(kind: 'too_many' | 'unavailable', waitSeconds: number) {
    super(
      kind,
      'events/budget-spent',
      `The budget of this sender is used up; try again in ${waitSeconds} s`,
      {
        retryAfterSeconds: waitSeconds,
      },
    );
  }
}

/** The signature of a request does not hold. One answer for all reasons: a forger learns nothing. */
export class InvalidSignature extends DomainError {
  constructor() {
    super('unauthenticated', 'events/invalid-signature', 'The signature is missing, wrong or too old');
  }
}
