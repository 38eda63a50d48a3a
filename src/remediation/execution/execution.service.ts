import { Injectable } from '@nestjs/common';

import { Principal } from '../../auth/principal';
import { DomainError } from '../../common/errors/domain-error';
import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import { currentActor } from '../../observability/request-context';
import { RemediationAction } from '../actions/action.entity';
import {
  ActionDenied,
  ActionExpired,
  AlreadyDispatching,
  ApprovalRequired,
  NothingUnknown,
  PlanChanged,
} from '../actions/action.errors';
import { ActionService } from '../actions/action.service';
import { ActionMoves } from '../actions/action-moves.service';
import { PlannedAction } from '../actions/action-planner.service';
import { ApprovalRepository } from '../actions/approval.repository';
import type { Priority } from '../actions/priority';
import { RefusedAttempts } from '../actions/refused-attempts.service';
import { LimitsRepository } from '../policy/limits.repository';
import { TargetService } from '../targets/target.service';
import { VerificationService } from '../verification/verification.service';
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
export interface ExecutionGrant {
  readonly byKind: 'policy' | 'rollback' | 'autonomy';
  readonly byId: number | null;
  readonly byName: string;
  /** Why, in words. */
  readonly reason: string;
}

/** What people do to the execution of an action: begin it, stop it, say what became of it. */
@Injectable()
export class ExecutionService {
  constructor(
    private readonly actions: ActionService,
    private readonly moves: ActionMoves,
    private readonly approvals: ApprovalRepository,
    private readonly ledger: LedgerRepository,
    private readonly limits: LimitsRepository,
    private readonly targets: TargetService,
    private readonly executors: ExecutorRegistry,
    private readonly verifications: VerificationService,
    private readonly refused: RefusedAttempts,
    private readonly dispatcher: Dispatcher,
    private readonly events: EventsService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets an action begin: its first step is queued, and done as soon as nothing keeps it. Without approval only where a policy allows it,
   * which is recorded as the approval. Where nothing is set up that could do it, it has failed, and says how to set it up.
   * Throws  ActionNotFound, ActionVerbRefused, ActionExpired, PlanChanged, ActionDenied, ApprovalRequired.
   */
  execute(caller: Principal, id: number, { reason, priority }: ExecutionOrder): Promise<RemediationAction> {
    return this.refused.run('execute', id, async () => {
      const { action, isExpired } = await this.moves.lock(id);
      this.moves.check(action, 'execute');
      if (isExpired) return new ActionExpired(id);
      const planned = await this.actions.replan(action, action, 'execute');
      return (
        (await this.refusalOf(action, planned)) ?? this.begin(action, caller.actor.name, { reason, priority })
      );
    });
  }

  /**
   * Lets a scheduled action begin whose time has come, or ends it where it may not: nobody is there to be asked. Many processes may call
   * this for one action; it is done once. A freeze holds it up as it does anything else that was executed.
   */
  executeScheduled(id: number): Promise<void> {
    return this.database.run(async () => {
      const { action, isExpired, isDue } = await this.moves.lock(id);
      if (action.status !== 'scheduled' || isExpired || !isDue) return;
      const refusal = await this.refusalAtItsTime(action);
      if (refusal === null) await this.begin(action, currentActor().name, { reason: 'its time has come' });
      // A plan that has changed waits for people again.
      else if (!(refusal instanceof PlanChanged)) await this.turnDown(action, refusal.message);
    });
  }

  /**
   * Lets an action begin that something else than people has agreed to, which is recorded as the approval of its plan. What policies deny stays
   * proposed, and says why. Whether what they ask people about may begin so is for the caller to know.
   */
  executeGranted(id: number, grant: ExecutionGrant): Promise<void> {
    return this.database.run(async () => {
      const { action, isExpired } = await this.moves.lock(id);
      if (action.status !== 'pending' || isExpired) return;
      const planned = await this.actions.replan(action, action, 'approve');
      const { verdict, reasons } = planned.decision;
      if (planned.hash !== action.planHash) return this.actions.adopt(action, planned);
      if (verdict === 'deny')
        return this.moves.tell(id, 'held', `It does not begin by itself: ${reasons.join('; ')}`);
      await this.grant(action, grant, planned.limits.approvalSeconds);
      await this.begin(action, grant.byName, { reason: grant.reason });
    });
  }

  /**
   * Stops an action. Before anything of it was sent, nothing of it ever will be; after that it says that it came too late, and stops
   * retries and later steps. Throws  ActionNotFound, ActionVerbRefused, AlreadyDispatching.
   */
  cancel(id: number): Promise<RemediationAction> {
    return this.refused.run('cancel', id, async () => {
      const { action } = await this.moves.lock(id);
      this.moves.check(action, 'cancel');
      const { name } = currentActor();
      const steps = await this.ledger.listOf(id);
      if (steps.some(({ state }) => state === 'dispatching')) {
        await this.moves.requestCancel(action, name);
        return new AlreadyDispatching(id);
      }
      await this.ledger.move(id, 'cancel');
      await this.approvals.void(id);
      const done = steps.filter(({ state }) => state === 'succeeded').length;
      return this.moves.move(action, 'cancel', {
        members: { cancelledBy: name, cancelledAt: this.clock.now(), finishedAt: this.clock.now() },
        message: `${name} cancelled it${done === 0 ? '' : ` after ${done} of ${steps.length} steps`}`,
        detail: { steps_done: done },
      });
    });
  }

  /**
   * Says what became of a step whose end nobody knew. Throws  ActionNotFound, NothingUnknown.
   */
  reconcile(id: number, end: 'succeeded' | 'failed', note: string | null): Promise<RemediationAction> {
    return this.database.run(async () => {
      const { action } = await this.moves.lock(id);
      const { name } = currentActor();
      const verb = end === 'succeeded' ? 'reconcile_succeeded' : 'reconcile_failed';
      if ((await this.ledger.move(id, verb, note)) === 0) throw new NothingUnknown(id);
      const message = `${name} found out that it had ${end}${note === null ? '' : `: ${note}`}`;
      const steps = await this.ledger.listOf(id);
      const isDone = steps.every(({ state }) => state === 'succeeded' || state === 'reconciled_succeeded');
      const reconciled = await this.moves.reconcile(action, { isDone, message, detail: { end, note } });
      if (!isDone) return reconciled;
      await this.verifications.beginReconciled(reconciled);
      return this.actions.get(id);
    });
  }

  private async begin(
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

  private async refusalAtItsTime(action: RemediationAction): Promise<DomainError | null> {
    try {
      return await this.refusalOf(action, await this.actions.replan(action, action));
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }

  private async turnDown(action: RemediationAction, why: string): Promise<void> {
    await this.moves.move(action, 'reject', {
      members: { rejectedBy: currentActor().name, rejectedAt: this.clock.now(), rejectedReason: why },
      message: `Its time has come, and it may not begin: ${why}`,
      detail: { reason: why },
    });
    await this.approvals.void(action.id);
    await this.ledger.move(action.id, 'cancel');
  }

  /** Why it may not begin now; null where it may. Writes the policy's approval where that is what lets it. */
  private async refusalOf(action: RemediationAction, planned: PlannedAction): Promise<DomainError | null> {
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
    if (verdict === 'ask') return new ApprovalRequired(status, reasons);
    const by = {
      byKind: 'policy',
      byId: policyId,
      byName: `policy ${policyId}`,
      reason: reasons.join('; '),
    } as const;
    await this.grant(action, by, planned.limits.approvalSeconds);
    return null;
  }

  /** Writes down what agreed to the present plan of an action in the stead of people. */
  private async grant(
    { id, planHash }: RemediationAction,
    { byKind, byId, byName, reason }: ExecutionGrant,
    approvalSeconds: number,
  ): Promise<void> {
    const policyId = byKind === 'policy' ? byId : null;
    await this.approvals.insert(
      { actionId: id, planHash, policyId, byKind, byId, byUserId: null, byName, comment: reason },
      approvalSeconds,
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
