import { Injectable } from '@nestjs/common';

import { DomainError } from '../../common/errors/domain-error';
import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import { RemediationAction } from '../actions/action.entity';
import { ActionDenied, ActionExpired, ApprovalRequired, PlanChanged } from '../actions/action.errors';
import { ActionService } from '../actions/action.service';
import { ActionMoves } from '../actions/action-moves.service';
import { PlannedAction } from '../actions/action-planner.service';
import { ApprovalRepository } from '../actions/approval.repository';
import type { Priority } from '../actions/priority';
import { LimitsRepository } from '../policy/limits.repository';
import { TargetService } from '../targets/target.service';
import { Dispatcher } from './dispatcher.service';
import { NoExecutor } from './execution.errors';
import { ExecutorRegistry } from './executor-registry.service';
import { LedgerRepository } from './ledger.repository';

/** What somebody says with an execution. */
export interface ExecutionOrder {
  readonly reason?: string;
  readonly priority?: Priority;
}

/** What agrees to an action in the stead of people. */
export interface StartGrant {
  readonly byKind: 'policy' | 'rollback' | 'autonomy';
  readonly byId: number | null;
  readonly byName: string;
  /** Why, in words. */
  readonly reason: string;
}

/** A start that nobody asked for. */
export interface OwnStart {
  readonly by: string;
  readonly reason: string;
  /** Null where people or a policy have to have said yes. */
  readonly grant: StartGrant | null;
}

/** What takes an action back, and how many people have agreed to that action, knowing that it would be. */
export interface CoveredStart {
  readonly coveredBy: number;
  readonly people: number;
}

/** How an action begins: whether it may, what of that is written down, and the step that is queued first. */
@Injectable()
export class ActionStart {
  constructor(
    private readonly actions: ActionService,
    private readonly moves: ActionMoves,
    private readonly approvals: ApprovalRepository,
    private readonly ledger: LedgerRepository,
    private readonly limits: LimitsRepository,
    private readonly targets: TargetService,
    private readonly executors: ExecutorRegistry,
    private readonly dispatcher: Dispatcher,
    private readonly events: EventsService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets a locked action begin that nobody executes, in the transaction of whoever decided that, by its plan as of now; gives what refuses it,
   * or null. A grant is its approval where no policy has decided, and is recorded as such.
   */
  async startByItself(
    action: RemediationAction,
    planned: PlannedAction,
    { by, reason, grant }: OwnStart,
  ): Promise<DomainError | null> {
    this.moves.check(action, 'execute');
    const refusal = await this.refusalOf(action, planned, grant);
    if (refusal === null) await this.begin(action, by, { reason });
    return refusal;
  }

  /**
   * Lets what takes an action back begin by itself: the approval of that action covers it, unless policies deny it, or one asks more people than
   * have agreed. Then it stays proposed, and says why.
   */
  startCovered(id: number, { coveredBy, people }: CoveredStart): Promise<void> {
    return this.database.run(async () => {
      const { action, isExpired } = await this.moves.lock(id);
      if (action.status !== 'pending' || isExpired) return;
      const planned = await this.actions.replan(action, action);
      const { verdict, reasons, policyId, approvals } = planned.decision;
      if (planned.hash !== action.planHash) return this.actions.adopt(action, planned);
      if (verdict === 'deny' || (verdict === 'ask' && policyId !== null && approvals > people))
        return this.moves.tell(id, 'held', `It does not begin by itself: ${reasons.join('; ')}`);
      const byName = `action ${coveredBy}`;
      const reason = `the approval of action ${coveredBy} covers taking it back`;
      await this.grant(action, { byKind: 'rollback', byId: coveredBy, byName, reason }, planned);
      await this.begin(action, byName, { reason });
    });
  }

  /**
   * Why a locked action may not begin now, by its plan as of now; null where it may. Writes down what agrees to it in the stead of people, where
   * that is what lets it: a policy, or the grant where no policy asks people.
   */
  async refusalOf(
    action: RemediationAction,
    planned: PlannedAction,
    grant: StartGrant | null = null,
  ): Promise<DomainError | null> {
    const { id, status, planHash, approvedAt } = action;
    const { verdict, reasons, policyId } = planned.decision;
    if (planned.hash !== planHash) {
      await this.actions.adopt(action, planned);
      return new PlanChanged(id, 'its target or the limits were changed; it has to be approved as it now is');
    }
    if (verdict === 'deny') return new ActionDenied('execute', reasons);
    if (approvedAt !== null) {
      const given = await this.approvals.countValid(id, planHash);
      return given >= action.approvalsRequired ? null : new ActionExpired(id);
    }
    if (verdict === 'ask' && (grant === null || policyId !== null))
      return new ApprovalRequired(status, reasons);
    const policy = {
      byKind: 'policy' as const,
      byId: policyId,
      byName: `policy ${policyId}`,
      reason: reasons.join('; '),
    };
    await this.grant(action, verdict === 'ask' && grant !== null ? grant : policy, planned);
    return null;
  }

  /** Lets a locked action begin: its first step is queued; where nothing is set up that could do it, it has failed, and says how to set it up. */
  async begin(
    action: RemediationAction,
    by: string,
    { reason, priority }: ExecutionOrder,
  ): Promise<RemediationAction> {
    const { id, planHash } = action;
    const executed = await this.moves.move(action, 'execute', {
      members: { executedBy: by, executedAt: this.clock.now(), ...(priority !== undefined && { priority }) },
      message: `${by} executed it${reason === undefined ? '' : `: ${reason}`}`,
      detail: { reason: reason ?? null, plan_hash: planHash },
    });
    const gap = await this.executorGap(id);
    if (gap !== null) return this.failUnsent(executed, gap);
    const { startSeconds } = await this.limits.read();
    await this.ledger.queue(id, 1, startSeconds);
    this.database.afterCommit(() => this.dispatcher.wake());
    return executed;
  }

  /** Writes down what agreed to the present plan of an action in the stead of people. */
  private async grant(
    { id, planHash }: RemediationAction,
    { byKind, byId, byName, reason }: StartGrant,
    { limits }: PlannedAction,
  ): Promise<void> {
    const policyId = byKind === 'policy' ? byId : null;
    await this.approvals.insert(
      { actionId: id, planHash, policyId, byKind, byId, byUserId: null, byName, comment: reason },
      limits.approvalSeconds,
    );
    await this.ledger.move(id, 'approve');
    await this.moves.tell(id, 'approved', reason);
  }

  /** What is missing to do its steps, in words; null where nothing is. */
  private async executorGap(id: number): Promise<string | null> {
    for (const { actionType, targetId } of await this.ledger.listOf(id)) {
      const target = targetId === null ? null : await this.targets.open(targetId);
      try {
        this.executors.for(actionType, target);
      } catch (error) {
        if (error instanceof NoExecutor) return error.message;
        throw error;
      }
    }
    return null;
  }

  private async failUnsent(action: RemediationAction, why: string): Promise<RemediationAction> {
    await this.ledger.queue(action.id, 1, 0);
    await this.ledger.move(action.id, 'refuse', why);
    await this.ledger.move(action.id, 'cancel');
    const failed = await this.moves.move(action, 'fail', {
      members: {
        finishedAt: this.clock.now(),
        errorMessage: why,
        executionResult: { success: false, execution_time: 0, error: why },
      },
      message: why,
      detail: { error: why },
    });
    await this.events.publish('action.finished', { actionId: action.id });
    return failed;
  }
}
