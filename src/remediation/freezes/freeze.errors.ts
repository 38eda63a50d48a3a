import { DomainError } from '../../common/errors/domain-error';

/** A calendar that cannot be kept. */
export class InvalidFreezeCalendar extends DomainError {
  constructor(message: string) {
    super('invalid', 'freeze/invalid', message);
  }
}

export class FreezeCalendarNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'freeze/not-found', `Freeze calendar with ID ${id} not found`);
  }
}

export class FreezeCalendarNameTaken extends DomainError {
  constructor(name: string) {
    super('conflict', 'freeze/name-taken', `A freeze calendar named ${name} exists already`);
  }
}

export class FreezeCalendarVersionConflict extends DomainError {
  constructor(id: number, given: number, current: number) {
    super(
      'conflict',
      'freeze/version-conflict',
      `Freeze calendar ${id} was changed meanwhile: you have version ${given}, it is at ${current}`,
    );
  }
}
