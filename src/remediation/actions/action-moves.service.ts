import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Clock } from '../../common/time/clock';
import { currentActor } from '../../observability/request-context';
import { ActionLogRepository } from '../execution/action-log.repository';
import { RemediationAction } from './action.entity';
import { ActionNotFound, ActionVerbRefused, ActionVersionConflict } from './action.errors';
import { ActionRepository, LockedAction } from './action.repository';
import { ActionStatus, actionStatusAfter, ActionVerb } from './action-lifecycle';

/** What history and audit call a verb that was done. */
const PAST = {
  approve: 'approved',
  reject: 'rejected',
  expire: 'expired',
  schedule: 'scheduled',
  execute: 'executed',
  cancel: 'cancelled',
  update: 'updated',
  delete: 'deleted',
  complete: 'completed',
  fail: 'failed',
  reconcile: 'reconciled',
} as const satisfies Record<ActionVerb, string>;

export interface Move {
  readonly members?: Partial<RemediationAction>;
  /** What the log says of it. */
  readonly message: string;
  /** What else the audit row says. */
  readonly detail?: object;
  readonly expireInSeconds?: number;
}

/** The one way in which an action changes: its lifecycle is asked, and its row, its log line and its audit row go together. */
@Injectable()
export class ActionMoves {
  constructor(
    private readonly actions: ActionRepository,
    private readonly log: ActionLogRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Throws  ActionNotFound, ActionVersionConflict. */
  async lock(id: number, version?: number): Promise<LockedAction> {
    const locked = await this.actions.lock(id);
    if (locked === null) throw new ActionNotFound(id);
    if (version !== undefined && version !== locked.action.version)
      throw new ActionVersionConflict(id, version, locked.action.version);
    return locked;
  }

  /** Throws  ActionVerbRefused where the lifecycle does not allow the verb. */
  check({ status }: RemediationAction, verb: ActionVerb): ActionStatus {
    const next = actionStatusAfter(status, verb);
    if (next === null) throw new ActionVerbRefused(status, verb);
    return next;
  }

  /** Does a verb to a locked action. Throws  ActionVerbRefused. */
  async move(action: RemediationAction, verb: ActionVerb, move: Move): Promise<RemediationAction> {
    const status = this.check(action, verb);
    const saved = await this.actions.save(action, { ...move.members, status }, move.expireInSeconds);
    await this.tell(action.id, PAST[verb], move.message);
    await this.audit.record({
      action: `remediation.${PAST[verb]}`,
      subjectType: 'remediation_action',
      subjectId: action.id,
      before: { status: action.status },
      after: { status, ...move.detail },
    });
    return saved;
  }

  /** Asks those who do an action to stop: what is under way ends, and nothing follows it. */
  async requestCancel(action: RemediationAction, by: string): Promise<void> {
    if (action.cancelRequestedAt !== null) return;
    await this.actions.save(action, { cancelRequestedBy: by, cancelRequestedAt: this.clock.now() });
    await this.tell(
      action.id,
      'cancel_requested',
      `${by} asked to stop it; a step of it has been sent already`,
    );
    await this.audit.record({
      action: 'remediation.cancel_requested',
      subjectType: 'remediation_action',
      subjectId: action.id,
    });
  }

  /** Writes what people found out of an action whose end nobody knew: done, or failed for certain. */
  async reconcile(
    action: RemediationAction,
    { isDone, message, detail }: { isDone: boolean; message: string; detail: object },
  ): Promise<RemediationAction> {
    if (isDone)
      return this.move(action, 'reconcile', {
        members: { outcome: null, errorMessage: null },
        message,
        detail,
      });
    const saved = await this.actions.save(action, { outcome: null });
    await this.tell(action.id, 'reconciled', message);
    await this.audit.record({
      action: 'remediation.reconciled',
      subjectType: 'remediation_action',
      subjectId: action.id,
      after: { status: action.status, ...detail },
    });
    return saved;
  }

  /** Writes a line of an action's log in the name of whoever acts now. */
  async tell(actionId: number, event: string, message: string, stepId: string | null = null): Promise<void> {
    await this.log.append([{ actionId, stepId, event, message, byName: currentActor().name }]);
  }
}
