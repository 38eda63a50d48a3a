import { DomainError, type FieldError } from '../../common/errors/domain-error';

/** A document that is no runbook, with every rule that it breaks. */
export class InvalidRunbook extends DomainError {
  constructor(errors: readonly FieldError[]) {
    super('invalid', 'runbook/invalid', errors[0].message, { errors });
  }
}

export class RunbookNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'runbook/not-found', `Runbook with ID ${id} not found`);
  }
}

export class RunbookVersionNotFound extends DomainError {
  constructor(id: number, version: number) {
    super('not_found', 'runbook/version-not-found', `Runbook ${id} has no version ${version}`);
  }
}

export class RunbookNameTaken extends DomainError {
  constructor(name: string) {
    super('conflict', 'runbook/name-taken', `A runbook named ${name} exists already`);
  }
}

export class RunbookVersionConflict extends DomainError {
  constructor(id: number, given: number, current: number) {
    super(
      'conflict',
      'runbook/version-conflict',
      `Runbook ${id} was changed meanwhile: you have version ${given}, it is at ${current}`,
    );
  }
}

export class RunbookRetired extends DomainError {
  constructor(id: number) {
    super('conflict', 'runbook/retired', `Runbook ${id} is retired`);
  }
}

/** Rules would choose, or schedules ask for, what is no more. */
export class RunbookInUse extends DomainError {
  constructor(id: number, rules: readonly string[], schedules: readonly string[]) {
    const uses = [
      ...(rules.length === 0 ? [] : [`what ${counted(rules, 'a rule chooses', 'rules choose')}`]),
      ...(schedules.length === 0
        ? []
        : [`what ${counted(schedules, 'a standing schedule asks for', 'standing schedules ask for')}`]),
    ];
    super('conflict', 'runbook/in-use', `Runbook ${id} is ${uses.join(', and ')}`);
  }
}

export class TooManyRunbooks extends DomainError {
  constructor(max: number) {
    super('invalid', 'runbook/too-many', `There are ${max} runbooks; retire some first`);
  }
}

function counted(names: readonly string[], one: string, several: string): string {
  return `${names.length === 1 ? one : several}: ${names.join(', ')}`;
}
