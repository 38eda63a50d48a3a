import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Principal } from '../../auth/principal';
import { RemediationConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import { currentActor } from '../../observability/request-context';
import { LedgerRepository } from '../execution/ledger.repository';
import { RemediationAction } from './action.entity';
import {
  ActionDenied,
  ActionExpired,
  ActionVerbRefused,
  AlreadyApproved,
  OwnRequest,
  PlanChanged,
} from './action.errors';
import { ActionService } from './action.service';
import { ActionMoves } from './action-moves.service';
import { ApprovalRepository } from './approval.repository';
import { RefusedAttempts } from './refused-attempts.service';

/** What somebody says with an approval. */
export interface ApprovalOrder {
  /** The plan that they saw; where it is given, it must be the present one. */
  readonly planHash?: string;
  readonly comment?: string;
}

/** People's yes and no. A yes is given to one plan, holds for a time, counts once a person, and is used once. */
@Injectable()
export class ApprovalService {
  constructor(
    private readonly approvals: ApprovalRepository,
    private readonly actions: ActionService,
    private readonly moves: ActionMoves,
    private readonly ledger: LedgerRepository,
    private readonly refused: RefusedAttempts,
    private readonly audit: AuditService,
    private readonly events: EventsService,
    private readonly database: Database,
    private readonly config: RemediationConfig,
  ) {}

  /**
   * Approves an action; with the last approval that it needs it may be executed. Publishes action.approved with that one.
   * Throws  ActionNotFound, ActionVerbRefused, ActionExpired, PlanChanged, OwnRequest, AlreadyApproved, ActionDenied.
   */
  async approve(
    caller: Principal,
    id: number,
    { planHash, comment }: ApprovalOrder,
  ): Promise<RemediationAction> {
    return this.refused.run('approve', id, async () => {
      const { action, isExpired } = await this.moves.lock(id);
      this.checkAwaited(action, 'approve');
      if (isExpired) return new ActionExpired(id);
      const planned = await this.actions.replan(action, action);
      if (planned.hash !== action.planHash) {
        await this.actions.adopt(action, planned);
        return new PlanChanged(id, 'its target or the limits were changed; look at it again');
      }
      if (planHash !== undefined && planHash !== action.planHash)
        return new PlanChanged(id, 'it is no longer the one that you saw');
      if (this.config.fourEyes && action.requestedByUserId === caller.userId) return new OwnRequest();
      if (await this.approvals.hasOf(id, caller.userId)) return new AlreadyApproved(id);
      if (planned.decision.verdict === 'deny') return new ActionDenied('approve', planned.decision.reasons);
      const asked = await this.actions.askAgain(action, planned);
      return this.sign(caller, asked, planned.limits.approvalSeconds, comment ?? null);
    });
  }

  /** Throws  ActionNotFound, ActionVerbRefused. */
  reject(id: number, reason: string | null): Promise<RemediationAction> {
    return this.database.run(async () => {
      const { action } = await this.moves.lock(id);
      this.checkAwaited(action, 'reject');
      const rejected = await this.moves.move(action, 'reject', {
        members: { rejectedBy: currentActor().name, rejectedAt: new Date(), rejectedReason: reason },
        message: `${currentActor().name} rejected it${reason === null ? '' : `: ${reason}`}`,
        detail: { reason },
      });
      await this.approvals.void(id);
      await this.ledger.move(id, 'reject');
      return rejected;
    });
  }

  /** What is scheduled may wait for an answer, or have it already. Throws  ActionVerbRefused. */
  private checkAwaited(action: RemediationAction, verb: 'approve' | 'reject'): void {
    this.moves.check(action, verb);
    if (action.approvedAt !== null) throw new ActionVerbRefused(action.status, verb);
  }

  private async sign(
    caller: Principal,
    action: RemediationAction,
    approvalSeconds: number,
    comment: string | null,
  ): Promise<RemediationAction> {
    const { id, planHash } = action;
    const { kind, id: byId, name } = caller.actor;
    await this.approvals.insert(
      {
        actionId: id,
        planHash,
        policyId: null,
        byKind: kind === 'api_key' ? 'api_key' : 'user',
        byId,
        byUserId: caller.userId,
        byName: name,
        comment,
      },
      approvalSeconds,
    );
    const isScheduled = action.status === 'scheduled';
    if (isScheduled) await this.approvals.holdUntil(id, planHash, action.expiresAt);
    const given = await this.approvals.countValid(id, planHash);
    if (given < action.approvalsRequired) {
      await this.ledger.move(id, 'ask');
      await this.moves.tell(id, 'approved', `${name} approved it: ${given} of ${action.approvalsRequired}`);
      await this.audit.record({
        action: 'remediation.approval_given',
        subjectType: 'remediation_action',
        subjectId: id,
        after: { plan_hash: planHash, given, required: action.approvalsRequired },
      });
      return action;
    }
    await this.ledger.move(id, 'approve');
    await this.events.publish('action.approved', { actionId: id });
    return this.moves.move(action, 'approve', {
      members: { approvedBy: name, approvedAt: new Date() },
      message: `${name} approved it${comment === null ? '' : `: ${comment}`}`,
      detail: { plan_hash: planHash, given, required: action.approvalsRequired },
      ...(!isScheduled && { expireInSeconds: approvalSeconds }),
    });
  }
}
