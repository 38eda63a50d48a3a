import { Injectable } from '@nestjs/common';

import { Principal } from '../../auth/principal';
import { DomainError } from '../../common/errors/domain-error';
import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { RemediationAction } from '../actions/action.entity';
import { ActionExpired, AlreadyDispatching, NothingUnknown, PlanChanged } from '../actions/action.errors';
import { ActionService } from '../actions/action.service';
import { ActionMoves } from '../actions/action-moves.service';
import { ApprovalRepository } from '../actions/approval.repository';
import { RefusedAttempts } from '../actions/refused-attempts.service';
import { VerificationService } from '../verification/verification.service';
import { ActionStart, type ExecutionOrder } from './action-start.service';
import { LedgerRepository } from './ledger.repository';

/** What people do to the execution of an action: begin it, stop it, say what became of it. */
@Injectable()
export class ExecutionService {
  constructor(
    private readonly actions: ActionService,
    private readonly moves: ActionMoves,
    private readonly approvals: ApprovalRepository,
    private readonly ledger: LedgerRepository,
    private readonly start: ActionStart,
    private readonly verifications: VerificationService,
    private readonly refused: RefusedAttempts,
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
        (await this.start.refusalOf(action, planned)) ??
        this.start.begin(action, caller.actor.name, { reason, priority })
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
      if (refusal === null)
        await this.start.begin(action, currentActor().name, { reason: 'its time has come' });
      // A plan that has changed waits for people again.
      else if (!(refusal instanceof PlanChanged)) await this.turnDown(action, refusal.message);
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

  private async refusalAtItsTime(action: RemediationAction): Promise<DomainError | null> {
    try {
      return await this.start.refusalOf(action, await this.actions.replan(action, action));
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
}
