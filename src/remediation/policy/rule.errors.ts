import { DomainError, type FieldError } from '../../common/errors/domain-error';

/** A rule that would choose nothing that can be done. */
export class InvalidRule extends DomainError {
  constructor(message: string, errors?: readonly FieldError[]) {
    super('invalid', 'rule/invalid', message, { errors });
  }
}

export class RuleNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'rule/not-found', `Remediation rule with ID ${id} not found`);
  }
}

export class RuleNameTaken extends DomainError {
  constructor(name: string) {
    super('conflict', 'rule/name-taken', `A remediation rule named ${name} exists already`);
  }
}

export class RuleVersionConflict extends DomainError {
  constructor(id: number, given: number, current: number) {
    super(
      'conflict',
      'rule/version-conflict',
      `Remediation rule ${id} was changed meanwhile: you have version ${given}, it is at ${current}`,
    );
  }
}
