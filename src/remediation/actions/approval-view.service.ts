import { Injectable } from '@nestjs/common';

import { RemediationConfig } from '../../config/sections';
import { LedgerRepository } from '../execution/ledger.repository';
import { RemediationStep } from '../execution/step.entity';
import { entryOf } from '../policy/catalogue';
import type { BlastRadius } from '../policy/catalogue-entry';
import type { Decision } from '../policy/decision';
import { RemediationAction } from './action.entity';
import { ActionRepository, PastOutcome } from './action.repository';
import { ActionService } from './action.service';
import type { ActionType } from './action-type';
import { Approval } from './approval.entity';
import { ApprovalRepository } from './approval.repository';
import { predictSuccess, SuccessPrediction } from './success-prediction';

const LAST_OUTCOMES = 20;

export interface StepOutlook {
  readonly step: RemediationStep;
  readonly blastRadius: BlastRadius;
  /** The type of action that undoes it; null where nothing does. */
  readonly rollback: ActionType | null;
}

/** What somebody looks at before they say yes. */
export interface ApprovalView {
  readonly action: RemediationAction;
  /** Whether the plan is still what it was when it was proposed or last approved. */
  readonly isCurrent: boolean;
  readonly decision: Decision;
  readonly approvals: readonly Approval[];
  readonly given: number;
  /** Whoever asked may not approve it. */
  readonly needsSomebodyElse: boolean;
  readonly steps: readonly StepOutlook[];
  readonly prediction: SuccessPrediction;
  readonly lastOutcomes: readonly PastOutcome[];
}

/** What an approval would allow, and how it went before. */
@Injectable()
export class ApprovalViewService {
  constructor(
    private readonly actions: ActionService,
    private readonly rows: ActionRepository,
    private readonly approvals: ApprovalRepository,
    private readonly ledger: LedgerRepository,
    private readonly config: RemediationConfig,
  ) {}

  /** Throws  ActionNotFound. */
  async view(id: number): Promise<ApprovalView> {
    const action = await this.actions.get(id);
    const [planned, approvals, given, steps, lastOutcomes] = await Promise.all([
      this.actions.replan(action, action),
      this.approvals.listOf(id),
      this.approvals.countValid(id, action.planHash),
      this.ledger.listOf(id),
      this.rows.lastOutcomes(action.actionType, action.targetId, LAST_OUTCOMES),
    ]);
    return {
      action,
      isCurrent: planned.hash === action.planHash,
      decision: planned.decision,
      approvals,
      given,
      needsSomebodyElse: this.config.fourEyes && action.requestedByUserId !== null,
      steps: steps.map((step) => {
        const entry = entryOf(step.actionType);
        return {
          step,
          blastRadius: entry.blastRadius(step.parameters),
          rollback: entry.rollback?.type ?? null,
        };
      }),
      prediction: predictSuccess(lastOutcomes),
      lastOutcomes,
    };
  }
}
