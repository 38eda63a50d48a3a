import { DomainError } from '../../common/errors/domain-error';
import { type Cell, cellTitle } from './cell';

export class AutonomyPolicyNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'remediation/autonomy-policy-not-found', `Autonomy policy with ID ${id} not found`);
  }
}

export class AutonomyPolicyNameTaken extends DomainError {
  constructor(name: string) {
    super(
      'conflict',
      'remediation/autonomy-policy-name-taken',
      `There is an autonomy policy named ${name} already`,
    );
  }
}

/** The caller edited a version that is no longer the latest. */
export class AutonomyVersionConflict extends DomainError {
  constructor(what: string, given: number, current: number) {
    super(
      'conflict',
      'remediation/autonomy-version-conflict',
      `${what} changed meanwhile: you have version ${given}, it is at ${current}`,
    );
  }
}

/** Trust can be taken only from what has some evidence. */
export class CellNotFound extends DomainError {
  constructor(cell: Cell) {
    super('not_found', 'remediation/autonomy-cell-not-found', `Nothing is known of ${cellTitle(cell)}`);
  }
}
