import { DomainError } from '../../common/errors/domain-error';

/** A window that cannot be, or that would keep everything quiet. */
export class InvalidMaintenanceWindow extends DomainError {
  constructor(message: string) {
    super('invalid', 'maintenance/invalid', message);
  }
}

export class MaintenanceWindowNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'maintenance/not-found', `Maintenance window with ID ${id} not found`);
  }
}

export class MaintenanceWindowNameTaken extends DomainError {
  constructor(name: string) {
    super('conflict', 'maintenance/name-taken', `A maintenance window named ${name} exists already`);
  }
}

/** Somebody is silent in it, and would not be without it. */
export class MaintenanceWindowInUse extends DomainError {
  constructor(id: number, users: readonly string[]) {
    super(
      'conflict',
      'maintenance/in-use',
      `Maintenance window ${id} is referred to by ${users.join(', ')}; change that first`,
    );
  }
}
