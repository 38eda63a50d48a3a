import { DomainError } from '../../common/errors/domain-error';

export class IntegrationNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'integration/not-found', `Integration with ID ${id} not found`);
  }
}

export class IntegrationNameTaken extends DomainError {
  constructor(name: string) {
    super('conflict', 'integration/name-taken', `There is an integration ${JSON.stringify(name)} already`);
  }
}

/** A setting that this kind of integration does not have, or that cannot be used. */
export class InvalidIntegration extends DomainError {
  constructor(message: string) {
    super('invalid', 'integration/invalid', message);
  }
}

/** An integration's key at a route of another kind, or of one that is switched off. */
export class IntegrationRefused extends DomainError {
  constructor(message: string) {
    super('forbidden', 'integration/refused', message);
  }
}
