import { setTimeout as delay } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

import { Log } from '../../observability/log';
import { TargetService } from '../targets/target.service';
import { ActionLogRepository } from './action-log.repository';
import { AttemptLog } from './attempt-log';
import type { StepOrder, StepOutcome } from './executor.port';
import { ExecutorRegistry } from './executor-registry.service';
import type { JsonValue } from './json';
import { ClaimedStep, LedgerRepository } from './ledger.repository';
import { Settlement } from './settlement.service';
import { RemediationStep } from './step.entity';

/** How long a claim holds without a sign of life. */
export const LEASE_SECONDS = 15;
const RENEW_MS = (LEASE_SECONDS * 1_000) / 3;
/** Without a renewal for so long the claim counts as lost here, before it is lost in the ledger. */
const HELD_MS = LEASE_SECONDS * 800;
const FLUSH_MS = 250;
/** How long an executor may take to notice that its time is over. */
const GRACE_MS = 5_000;
/** How long an outcome is offered to a database that is away; then the ledger judges by itself. */
const RECORD_MS = 60_000;

/** Does one claimed step: hands it to its executor, keeps the claim alive meanwhile, and tells the ledger the end. */
@Injectable()
export class AttemptRunner {
  constructor(
    private readonly ledger: LedgerRepository,
    private readonly settlement: Settlement,
    private readonly executors: ExecutorRegistry,
    private readonly targets: TargetService,
    private readonly lines: ActionLogRepository,
    private readonly log: Log,
  ) {}

  /**
   * Never throws. `claimedAtMs` is this process' own monotonic time before the claim: a process that was paused for longer than its lease
   * sends nothing. `stop` calls the attempt off.
   */
  async run(claimed: ClaimedStep, claimedAtMs: number, stop: AbortSignal): Promise<void> {
    const lost = new AbortController();
    const lease = { heldUntilMs: claimedAtMs + HELD_MS };
    // A timer and not a look at the clock: what fell due while the process was paused fires before anything that waits for its turn.
    const expiry = setTimeout(
      () => lost.abort(new Error('The worker was held up for longer than its claim holds')),
      Math.max(0, HELD_MS - (performance.now() - claimedAtMs)),
    );
    const renewal = setInterval(
      () =>
        void this.renew(claimed, lost, (renewedAtMs) => {
          lease.heldUntilMs = renewedAtMs + HELD_MS;
          expiry.refresh();
        }),
      RENEW_MS,
    );
    const log = new AttemptLog((lines) => this.keep(claimed, lines));
    const flushing = setInterval(() => void log.flush(), FLUSH_MS);
    try {
      const outcome = await this.attempt(
        claimed,
        () => performance.now() < lease.heldUntilMs,
        AbortSignal.any([stop, lost.signal]),
        log,
      );
      await log.flush();
      if (outcome !== null) await this.tellEnd(claimed, outcome);
    } catch (error) {
      this.log.error(error, 'an attempt could not be told to the ledger, which will judge by itself', {
        step: claimed.id,
      });
    } finally {
      clearInterval(renewal);
      clearTimeout(expiry);
      clearInterval(flushing);
    }
  }

  private async attempt(
    claimed: ClaimedStep,
    isHeld: () => boolean,
    stop: AbortSignal,
    log: AttemptLog,
  ): Promise<StepOutcome | null> {
    const step = await this.ledger.find(claimed.id);
    if (step === null || step.targetId === null) return null;
    const target = await this.targets.open(step.targetId);
    if (target === null) return { kind: 'failed', error: 'Its target is gone', mayRetry: false };
    const order = { ...orderOf(step, claimed, target), isHeld };
    let executor;
    try {
      executor = this.executors.for(step.actionType, target);
    } catch (error) {
      return { kind: 'unsent', error: (error as Error).message, mayRetry: false };
    }
    // From here on bytes may leave. Whoever was paused has lost the right to send, and hears so first; executors ask once more.
    await delay(0);
    if (stop.aborted) return { kind: 'unsent', error: (stop.reason as Error).message, mayRetry: true };
    const signal = AbortSignal.any([stop, AbortSignal.timeout(order.timeoutMs)]);
    const overdue = new AbortController();
    try {
      return await Promise.race([
        executor.execute(order, (line) => log.add(line), signal),
        delay(order.timeoutMs + GRACE_MS, undefined, { signal: overdue.signal }).then((): StepOutcome => ({
          kind: 'unknown',
          error: `No end within ${step.timeoutSeconds} s`,
        })),
      ]);
    } catch (error) {
      // An executor answers with an outcome; where it throws, nobody knows how far it came.
      return { kind: 'unknown', error: (error as Error).message };
    } finally {
      overdue.abort();
    }
  }

  private async renew(
    claimed: ClaimedStep,
    lost: AbortController,
    hold: (renewedAtMs: number) => void,
  ): Promise<void> {
    const askedAtMs = performance.now();
    try {
      const lease = await this.ledger.renew(claimed, LEASE_SECONDS);
      if (lease === null) lost.abort(new Error('The step is no longer this worker’s'));
      else hold(askedAtMs);
      if (lease?.isCancelRequested === true) lost.abort(new Error('Somebody asked to stop it'));
    } catch (error) {
      this.log.debug({ reason: (error as Error).message }, 'a lease could not be renewed');
    }
  }

  private keep({ actionId, id }: ClaimedStep, lines: readonly string[]): Promise<void> {
    return this.lines.append(
      lines.map((message) => ({ actionId, stepId: id, event: 'output', message, byName: 'executor' })),
    );
  }

  private async tellEnd(claimed: ClaimedStep, outcome: StepOutcome): Promise<void> {
    const until = performance.now() + RECORD_MS;
    for (;;) {
      try {
        await this.settlement.settle(claimed, outcome);
        return;
      } catch (error) {
        if (performance.now() > until) throw error;
        this.log.warn({ reason: (error as Error).message }, 'the end of a step waits for the database');
        await delay(1_000);
      }
    }
  }
}

function orderOf(step: RemediationStep, claimed: ClaimedStep, target: StepOrder['target']): StepOrder {
  return {
    stepId: step.id,
    fence: claimed.fence,
    attempt: claimed.attempt,
    orderedAt: step.firstClaimedAt ?? new Date(),
    actionId: step.actionId,
    actionType: step.actionType,
    parameters: step.parameters as Record<string, JsonValue>,
    target,
    timeoutMs: step.timeoutSeconds * 1_000,
    isDryRun: false,
  };
}
