import { DomainError } from '../../common/errors/domain-error';

/** A rule that would hide, or be hidden by, everything. */
export class InvalidInhibitionRule extends DomainError {
  constructor(message: string) {
    super('invalid', 'inhibition/invalid', message);
  }
}

export class InhibitionRuleNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'inhibition/not-found', `Inhibition rule with ID ${id} not found`);
  }
}

export class InhibitionRuleNameTaken extends DomainError {
  constructor(name: string) {
    super('conflict', 'inhibition/name-taken', `An inhibition rule named ${name} exists already`);
  }
}
