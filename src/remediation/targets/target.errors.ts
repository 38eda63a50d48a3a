import { DomainError } from '../../common/errors/domain-error';

export class TargetNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'remediation/target-not-found', `Remediation target with ID ${id} not found`);
  }
}

export class TargetNameTaken extends DomainError {
  constructor(name: string) {
    super(
      'conflict',
      'remediation/target-name-taken',
      `There is a remediation target ${JSON.stringify(name)} already`,
    );
  }
}

/** Somebody else changed it since the caller read it. */
export class TargetChanged extends DomainError {
  constructor(id: number, version: number) {
    super(
      'conflict',
      'remediation/target-changed',
      `Remediation target ${id} has changed since; it is at version ${version}`,
    );
  }
}

/** Actions or schedules refer to it. */
export class TargetInUse extends DomainError {
  constructor(id: number, by: 'actions' | 'schedules') {
    super(
      'conflict',
      'remediation/target-in-use',
      by === 'actions'
        ? `Remediation target ${id} has actions; switch it off with is_enabled instead`
        : `Remediation target ${id} is what standing schedules act on; delete or change those first, or switch it off with is_enabled`,
    );
  }
}
