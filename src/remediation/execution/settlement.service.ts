import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import { RemediationAction } from '../actions/action.entity';
import { ActionRepository } from '../actions/action.repository';
import { ActionMoves } from '../actions/action-moves.service';
import { RemediationLimits } from '../policy/limits.entity';
import { LimitsRepository } from '../policy/limits.repository';
import { describeRails } from '../policy/rails';
import { VerificationService } from '../verification/verification.service';
import { AttemptEnd, endOfAttempt } from './attempt-end';
import { ExecutionMetrics } from './execution-metrics.service';
import type { StepOutcome } from './executor.port';
import { ClaimedStep, LedgerRepository } from './ledger.repository';
import { RemediationStep } from './step.entity';
import { stateOf } from './step-lifecycle';

/** What becomes of an action when one of its steps ends, is lost, or never begins. */
@Injectable()
export class Settlement {
  constructor(
    private readonly ledger: LedgerRepository,
    private readonly actions: ActionRepository,
    private readonly moves: ActionMoves,
    private readonly limits: LimitsRepository,
    private readonly verifications: VerificationService,
    private readonly events: EventsService,
    private readonly metrics: ExecutionMetrics,
    private readonly audit: AuditService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Records how an attempt ended, and lets what follows begin. A claim that is no longer the latest is refused, and that is recorded. */
  settle(claimed: ClaimedStep, outcome: StepOutcome): Promise<void> {
    return this.database.run(async () => {
      const locked = await this.actions.lock(claimed.actionId);
      const step = await this.ledger.find(claimed.id);
      if (locked === null || step === null) return;
      const { action } = locked;
      const limits = await this.limits.read();
      const end = endOfAttempt(outcome, {
        attempt: claimed.attempt,
        maxAttempts: step.maxAttempts,
        isIdempotent: step.isIdempotent,
        isCancelRequested: action.cancelRequestedAt !== null,
      });
      const error = outcome.kind === 'succeeded' ? null : outcome.error;
      const result =
        outcome.kind === 'succeeded' || outcome.kind === 'failed' ? (outcome.detail ?? null) : null;
      const isLatest = await this.ledger.record(claimed, {
        state: stateOf(end.verb),
        result,
        error,
        delaySeconds: end.delaySeconds,
        startSeconds: limits.startSeconds,
      });
      await this.recordStep(claimed, isLatest, outcome, end);
      this.database.afterCommit(() => this.metrics.countAttempt(isLatest ? outcome.kind : 'late'));
      if (!isLatest) return;
      await this.moves.tell(action.id, `step_${stateOf(end.verb)}`, sentence(step, end, error), step.id);
      await this.countOn(step, end, limits);
      if (end.verb !== 'retry') await this.follow(action, step, end, error, limits);
    });
  }

  /** A claimed step whose worker is not heard of any more: nobody knows what it did. */
  settleLost(claimed: ClaimedStep): Promise<void> {
    return this.settle(claimed, {
      kind: 'unknown',
      error: 'The worker that had sent it was lost before it told the end',
    });
  }

  /** A queued step that could not begin in time: its action has failed, and says what kept it. */
  settleOverdue(actionId: number): Promise<void> {
    return this.database.run(async () => {
      const locked = await this.actions.lock(actionId);
      const rails = (await this.ledger.waitingFor(actionId)).filter((rail) => rail !== 'expired');
      if (locked === null || locked.action.status !== 'in_progress') return;
      const why = `It could not begin in time: ${rails.length === 0 ? 'no worker was there' : describeRails(rails)}`;
      if ((await this.ledger.move(actionId, 'refuse', why)) === 0) return;
      await this.fail(locked.action, why, null);
    });
  }

  /** An action that nobody answered or executed in time is rejected. */
  expire(actionId: number): Promise<void> {
    return this.database.run(async () => {
      const locked = await this.actions.lock(actionId);
      if (locked === null || !locked.isExpired) return;
      const { action } = locked;
      if (!['pending', 'approved', 'scheduled'].includes(action.status)) return;
      await this.ledger.move(actionId, 'expire');
      await this.moves.move(action, 'expire', {
        members: { rejectedBy: 'system', rejectedAt: this.clock.now(), rejectedReason: 'expired' },
        message: `It expired as ${action.status}`,
        detail: { reason: 'expired' },
      });
    });
  }

  private async follow(
    action: RemediationAction,
    step: RemediationStep,
    { verb }: AttemptEnd,
    error: string | null,
    { startSeconds }: RemediationLimits,
  ): Promise<void> {
    const goesOn = verb === 'succeed' || (verb === 'fail' && step.onFailure === 'continue');
    if (!goesOn) return this.fail(action, error ?? 'It failed', verb === 'lose' ? 'unknown' : null);
    if (action.cancelRequestedAt !== null) {
      const stopped = await this.ledger.move(action.id, 'cancel');
      if (stopped > 0) return this.stop(action, stopped);
    }
    if (await this.ledger.queue(action.id, step.position + 1, startSeconds)) return;
    await this.complete(action);
  }

  private async complete(action: RemediationAction): Promise<void> {
    const steps = await this.ledger.listOf(action.id);
    const done = await this.finish(action, 'complete', {
      message: 'It is done',
      members: { executionResult: resultOf(this.elapsed(action), null, steps) },
    });
    await this.verifications.begin(done);
  }

  private async fail(action: RemediationAction, error: string, outcome: 'unknown' | null): Promise<void> {
    await this.ledger.move(action.id, 'cancel');
    const steps = await this.ledger.listOf(action.id);
    const failed = await this.finish(action, 'fail', {
      message: outcome === null ? error : `Nobody knows whether it was done: ${error}`,
      members: {
        errorMessage: error,
        outcome,
        executionResult: resultOf(this.elapsed(action), error, steps),
      },
    });
    if (outcome === null) await this.verifications.keepFailure(failed);
  }

  private async stop(action: RemediationAction, stopped: number): Promise<void> {
    const steps = await this.ledger.listOf(action.id);
    await this.finish(action, 'cancel', {
      message: `It was stopped; ${stopped} step(s) did not begin`,
      members: {
        cancelledBy: action.cancelRequestedBy,
        cancelledAt: this.clock.now(),
        executionResult: resultOf(this.elapsed(action), 'It was stopped', steps),
      },
    });
  }

  private async finish(
    action: RemediationAction,
    verb: 'complete' | 'fail' | 'cancel',
    { message, members }: { message: string; members: Partial<RemediationAction> },
  ): Promise<RemediationAction> {
    const ended = await this.moves.move(action, verb, {
      message,
      members: { ...members, finishedAt: this.clock.now() },
      detail: { outcome: members.outcome ?? null, error: members.errorMessage ?? null },
    });
    await this.events.publish('action.finished', { actionId: action.id });
    return ended;
  }

  /** What is known to have failed, or to be lost, counts on its target's breaker; a success forgets it. */
  private async countOn(
    { targetId }: RemediationStep,
    { verb }: AttemptEnd,
    limits: RemediationLimits,
  ): Promise<void> {
    if (targetId === null) return;
    if (verb === 'succeed') return this.limits.closeBreaker(targetId);
    if (verb === 'retry') return;
    const { isOpened } = await this.limits.countFailure(targetId, limits);
    if (isOpened) await this.events.publish('remediation.rail_tripped', { rail: 'breaker', targetId });
  }

  private recordStep(
    { id, actionId, fence, attempt }: ClaimedStep,
    isLatest: boolean,
    outcome: StepOutcome,
    { verb }: AttemptEnd,
  ): Promise<void> {
    return this.audit.record({
      action: isLatest ? 'remediation.step_ended' : 'remediation.late_outcome_refused',
      subjectType: 'remediation_action',
      subjectId: actionId,
      after: { step: id, fence, attempt, outcome: outcome.kind, ...(isLatest && { state: stateOf(verb) }) },
    });
  }

  private elapsed({ firstClaimedAt }: RemediationAction): number {
    return firstClaimedAt === null ? 0 : (this.clock.now().getTime() - firstClaimedAt.getTime()) / 1_000;
  }
}

/** The contract's execution result, with what each step gave. */
function resultOf(seconds: number, error: string | null, steps: readonly RemediationStep[]): object {
  return {
    success: error === null,
    execution_time: seconds,
    error,
    steps: steps.map((step) => ({
      name: step.name,
      state: step.state,
      result: step.result,
      error: step.error,
    })),
  };
}

function sentence(
  { name }: RemediationStep,
  { verb, delaySeconds }: AttemptEnd,
  error: string | null,
): string {
  switch (verb) {
    case 'succeed':
      return `Step ${name} was done`;
    case 'retry':
      return `Step ${name} is tried again in ${delaySeconds} s: ${error}`;
    case 'fail':
      return `Step ${name} failed: ${error}`;
    case 'lose':
      return `Nobody knows the end of step ${name}, and it is not sent again: ${error}`;
  }
}
