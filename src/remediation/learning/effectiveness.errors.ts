import { DomainError } from '../../common/errors/domain-error';

export class NothingToBeEffectiveAgainst extends DomainError {
  constructor(actionId: number) {
    super(
      'not_found',
      'remediation/no-effectiveness',
      `Remediation action ${actionId} is for no anomaly, or takes another action back: there is no trouble that it could be effective against`,
    );
  }
}
