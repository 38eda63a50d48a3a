import { Injectable } from '@nestjs/common';

import { InvalidInput } from '../../common/errors/domain-error';
import { currentActor } from '../../observability/request-context';
import { RemediationAction } from '../actions/action.entity';
import { ActionDenied, ActionExpired, PlanChanged } from '../actions/action.errors';
import { ActionRepository } from '../actions/action.repository';
import { ActionService } from '../actions/action.service';
import { ActionMoves } from '../actions/action-moves.service';
import { ApprovalRepository } from '../actions/approval.repository';
import { RefusedAttempts } from '../actions/refused-attempts.service';
import { LimitsRepository } from '../policy/limits.repository';

/** An approval looks at the world as it is; longer ahead nobody knows what it was given for. */
const MAX_DAYS = 90;
const DAY_MS = 86_400_000;

/** Gives actions a time at which they begin by themselves. */
@Injectable()
export class ActionSchedule {
  constructor(
    private readonly actions: ActionService,
    private readonly rows: ActionRepository,
    private readonly moves: ActionMoves,
    private readonly approvals: ApprovalRepository,
    private readonly limits: LimitsRepository,
    private readonly refused: RefusedAttempts,
  ) {}

  /**
   * Schedules an action for an instant that is still to come by the database's clock. It and the approvals that it has hold until it can
   * no longer begin; what is missing of them may be given until its time. Policies are asked again then.
   * Throws  InvalidInput, ActionNotFound, ActionVerbRefused, ActionExpired, PlanChanged, ActionDenied.
   */
  schedule(id: number, at: Date): Promise<RemediationAction> {
    return this.refused.run('schedule', id, async () => {
      const { action, isExpired } = await this.moves.lock(id);
      this.moves.check(action, 'schedule');
      const aheadMs = at.getTime() - (await this.rows.now()).getTime();
      if (aheadMs <= 0) throw new InvalidInput('scheduled_at must be in the future');
      if (aheadMs > MAX_DAYS * DAY_MS) throw new InvalidInput(`scheduled_at must be within ${MAX_DAYS} days`);
      if (isExpired) return new ActionExpired(id);
      const planned = await this.actions.replan(action, action);
      if (planned.hash !== action.planHash) {
        await this.actions.adopt(action, planned);
        return new PlanChanged(id, 'its target was changed; it has to be approved as it now is');
      }
      if (planned.decision.verdict === 'deny') return new ActionDenied('schedule', planned.decision.reasons);
      const waits = action.approvedAt === null && planned.decision.verdict === 'ask';
      return this.put(action, at, at, waits ? '; it has to be approved until then' : '');
    });
  }

  /** Lets an action begin at once for a slot whose time has come, in the open transaction. */
  start(action: RemediationAction, slot: Date, now: Date): Promise<RemediationAction> {
    return this.put(action, slot, now, '');
  }

  private async put(
    action: RemediationAction,
    at: Date,
    earliest: Date,
    remark: string,
  ): Promise<RemediationAction> {
    const { startSeconds } = await this.limits.read();
    const expiresAt = new Date(earliest.getTime() + startSeconds * 1_000);
    await this.approvals.holdUntil(action.id, action.planHash, expiresAt);
    return this.moves.move(action, 'schedule', {
      members: { scheduledAt: at, expiresAt },
      message: `${currentActor().name} scheduled it for ${at.toISOString()}${remark}`,
      detail: { scheduled_at: at.toISOString(), plan_hash: action.planHash },
    });
  }
}
