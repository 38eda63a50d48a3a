import { DomainError } from '../../common/errors/domain-error';
import type { ActionStatus, ActionVerb } from './action-lifecycle';

export class ActionNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'remediation/not-found', `Remediation action with ID ${id} not found`);
  }
}

/** A verb that the action's status does not allow. */
export class ActionVerbRefused extends DomainError {
  constructor(status: ActionStatus, verb: ActionVerb) {
    super('conflict', `remediation/already-${status.replace('_', '-')}`, cannot(verb, status));
  }
}

/** The caller edited a version that is no longer the latest. */
export class ActionVersionConflict extends DomainError {
  constructor(id: number, given: number, current: number) {
    super(
      'conflict',
      'remediation/version-conflict',
      `Remediation action ${id} was changed meanwhile: you have version ${given}, it is at ${current}`,
    );
  }
}

/** Nobody answered in time, or what was answered came too late. */
export class ActionExpired extends DomainError {
  constructor(id: number) {
    super('conflict', 'remediation/expired', `Remediation action ${id} has expired; propose it anew`);
  }
}

/** The plan is no longer what the caller saw, or what was approved. */
export class PlanChanged extends DomainError {
  constructor(id: number, why: string) {
    super('conflict', 'remediation/plan-changed', `The plan of remediation action ${id} has changed: ${why}`);
  }
}

/** Whoever asks for an action is not the one who allows it. */
export class OwnRequest extends DomainError {
  constructor() {
    super(
      'forbidden',
      'remediation/own-request',
      'Somebody else has to approve this: you asked for it (REMEDIATION_FOUR_EYES)',
    );
  }
}

/** One person's approval counts once. */
export class AlreadyApproved extends DomainError {
  constructor(id: number) {
    super(
      'conflict',
      'remediation/already-approved-by-you',
      `You have approved remediation action ${id} already`,
    );
  }
}

/** Policies or limits forbid it, and no approval lifts that. */
export class ActionDenied extends DomainError {
  constructor(verb: ActionVerb, reasons: readonly string[]) {
    super('conflict', 'remediation/denied', `Cannot ${verb} action: ${reasons.join('; ')}`);
  }
}

/** Its policy asks for people. */
export class ApprovalRequired extends DomainError {
  constructor(status: ActionStatus, reasons: readonly string[]) {
    super('conflict', 'remediation/approval-required', `${cannot('execute', status)}; ${reasons.join('; ')}`);
  }
}

/** Too late: the step has been handed to its target. What would follow it has been stopped. */
export class AlreadyDispatching extends DomainError {
  constructor(id: number) {
    super(
      'conflict',
      'remediation/already-dispatching',
      `Cannot cancel action ${id}: a step of it has been sent to its target; retries and later steps were stopped`,
    );
  }
}

/** Only what nobody knows the end of can be reconciled. */
export class NothingUnknown extends DomainError {
  constructor(id: number) {
    super(
      'conflict',
      'remediation/nothing-unknown',
      `Remediation action ${id} has no step whose end is unknown`,
    );
  }
}

function cannot(verb: ActionVerb, status: ActionStatus): string {
  return `Cannot ${verb} action with status: ${status}`;
}
