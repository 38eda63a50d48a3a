import { DomainError, type FieldError } from '../../common/errors/domain-error';

/** A schedule that could do nothing. */
export class InvalidSchedule extends DomainError {
  constructor(message: string, errors?: readonly FieldError[]) {
    super('invalid', 'schedule/invalid', message, { errors });
  }
}

/** One that could do nothing for what one of its members says, or leaves out. */
export function invalidSchedule(field: string, message: string): InvalidSchedule {
  return new InvalidSchedule(message, [{ field, message }]);
}

export class ScheduleNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'schedule/not-found', `Remediation schedule with ID ${id} not found`);
  }
}

export class ScheduleNameTaken extends DomainError {
  constructor(name: string) {
    super('conflict', 'schedule/name-taken', `A remediation schedule named ${name} exists already`);
  }
}

export class ScheduleVersionConflict extends DomainError {
  constructor(id: number, given: number, current: number) {
    super(
      'conflict',
      'schedule/version-conflict',
      `Remediation schedule ${id} was changed meanwhile: you have version ${given}, it is at ${current}`,
    );
  }
}
