import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import type { RemediationAction } from '../actions/action.entity';
import { ActionRepository } from '../actions/action.repository';
import { ActionService } from '../actions/action.service';
import { ActionStart } from '../execution/action-start.service';
import { LedgerRepository } from '../execution/ledger.repository';
import { isTakenBack, undoingOf } from './undoing';

/** Where nothing was declared. */
const USUAL_ROLL_BACK = 'made_worse';

/** Takes back what was done: what failed half-way by proposing it to people, what has not helped by itself. */
@Injectable()
export class RollbackService {
  constructor(
    private readonly rows: ActionRepository,
    private readonly actions: ActionService,
    private readonly ledger: LedgerRepository,
    private readonly start: ActionStart,
    private readonly database: Database,
  ) {}

  /**
   * Proposes what undoes the steps that an action had done before one failed, or was lost, that asks for it; the last one first. People decide,
   * and so they do of each: undoing is an action like any other.
   */
  async afterFailure(actionId: number): Promise<void> {
    const action = await this.rows.find(actionId);
    if (action === null || action.status !== 'failed') return;
    const steps = await this.ledger.listOf(actionId);
    const asks = steps.some(
      ({ state, onFailure }) => (state === 'failed' || state === 'unknown') && onFailure === 'rollback',
    );
    if (asks) await this.propose(action, 'A later step failed');
  }

  /**
   * Takes back an action that has not helped, where it was declared so: what undoes it is proposed once, and begins by itself, one after the
   * other. The approval of the action covers that: from which outcome on it is taken back, its plan says, or else
   * the approval view (made_worse).
   */
  async afterVerdict(actionId: number): Promise<void> {
    const action = await this.rows.find(actionId);
    if (action === null || !this.isToBeTakenBack(action)) return;
    await this.propose(action, `It ended as ${action.outcome}`);
    await this.beginNext(action);
  }

  /** Lets the next of what takes an action back begin when one has been done. */
  async afterRollback(rollbackId: number): Promise<void> {
    const rollback = await this.rows.find(rollbackId);
    if (rollback?.rollbackOf === null || rollback?.status !== 'completed') return;
    const action = await this.rows.find(rollback.rollbackOf);
    if (action !== null && this.isToBeTakenBack(action)) await this.beginNext(action);
  }

  private isToBeTakenBack({ status, outcome, verify }: RemediationAction): boolean {
    return status === 'completed' && isTakenBack(outcome, verify?.rollBack ?? USUAL_ROLL_BACK);
  }

  private propose(action: RemediationAction, why: string): Promise<void> {
    return this.database.run(async () => {
      // An event may be told twice, also at the same moment.
      await this.rows.lock(action.id);
      if (await this.rows.hasRollbackOf(action.id)) return;
      const done = (await this.ledger.listOf(action.id)).filter(({ state }) => state === 'succeeded');
      for (const step of done.toReversed()) {
        const undoing = undoingOf(step, why);
        if (undoing !== null)
          await this.actions.propose(null, {
            ...undoing,
            anomalyId: action.anomalyId,
            priority: action.priority,
          });
      }
    });
  }

  private beginNext(action: RemediationAction): Promise<void> {
    return this.database.run(async () => {
      await this.rows.lock(action.id);
      const next = await this.rows.findNextRollbackOf(action.id);
      if (next !== null)
        await this.start.startCovered(next, {
          coveredBy: action.id,
          people: action.approvedAt === null ? 0 : action.approvalsRequired,
        });
    });
  }
}
