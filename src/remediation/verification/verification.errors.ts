import { DomainError } from '../../common/errors/domain-error';

export class VerificationNotFound extends DomainError {
  constructor(actionId: number) {
    super(
      'not_found',
      'remediation/not-verified',
      `Remediation action ${actionId} does not exist, or was not done: there is nothing to look at`,
    );
  }
}
