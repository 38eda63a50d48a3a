import { ApiProperty } from '@nestjs/swagger';

import { VERDICTS } from '../policy/decision';
import { DEFAULTS, statedVerification } from '../verification/verification-request';
import { ROLL_BACK_FROM, type RollBackFrom } from '../verification/verification-terms';
import { VERIFICATION_SCHEMA } from '../verification/verify.dto';
import { ActionResponse, StepResponse } from './action.response';
import { ACTION_TYPES, type ActionType } from './action-type';
import type { Approval } from './approval.entity';
import type { ApprovalView } from './approval-view.service';

const NULLABLE_TIME = { type: String, format: 'date-time', nullable: true } as const;
const NULLABLE_TEXT = { type: String, nullable: true } as const;

class GivenApprovalResponse {
  @ApiProperty() by: string;
  @ApiProperty({ enum: ['user', 'api_key', 'policy', 'rollback', 'autonomy'] }) by_kind: string;
  @ApiProperty({ type: String, format: 'date-time' }) at: Date;
  @ApiProperty({ type: String, format: 'date-time' }) expires_at: Date;
  @ApiProperty({ ...NULLABLE_TIME, description: 'When the first step was claimed on it' })
  used_at: Date | null;
  @ApiProperty({ ...NULLABLE_TIME, description: 'When an edit took it away' }) voided_at: Date | null;
  @ApiProperty({ description: 'The plan that it was given for' }) plan_hash: string;
  @ApiProperty(NULLABLE_TEXT) comment: string | null;

  static from(row: Approval): GivenApprovalResponse {
    return {
      by: row.byName,
      by_kind: row.byKind,
      at: row.at,
      expires_at: row.expiresAt,
      used_at: row.usedAt,
      voided_at: row.voidedAt,
      plan_hash: row.planHash,
      comment: row.comment,
    };
  }
}

class StepOutlookResponse extends StepResponse {
  @ApiProperty({ example: 'up to 5 instances, whatever runs now' }) blast_radius: string;
  @ApiProperty({ enum: ACTION_TYPES, nullable: true, description: 'What undoes it' })
  rollback: ActionType | null;
}

class PredictionResponse {
  @ApiProperty({
    enum: ['verified', 'completed'],
    description:
      'What counts as success: verified, it was seen to have helped; completed, it was done, since it was never seen whether one helped',
  })
  basis: string;
  @ApiProperty({
    type: 'integer',
    description: 'How many of the latest of this type on this target have ended so that it can be told',
  })
  past: number;
  @ApiProperty({ type: 'integer' }) succeeded: number;
  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 1 }) rate: number | null;
  @ApiProperty({ description: '95 % interval (Wilson)' }) lower: number;
  @ApiProperty() upper: number;
}

class PastOutcomeResponse {
  @ApiProperty({ type: 'integer' }) action_id: number;
  @ApiProperty({ enum: ['completed', 'failed'] }) status: string;
  @ApiProperty(NULLABLE_TEXT) outcome: string | null;
  @ApiProperty(NULLABLE_TIME) finished_at: Date | null;
  @ApiProperty(NULLABLE_TEXT) error: string | null;
}

class OutlookOnVerification {
  @ApiProperty({
    ...VERIFICATION_SCHEMA,
    nullable: true,
    description:
      'What was declared to show that it has helped; null: the catalogue’s condition where it has one that is measured, else its anomaly’s own end',
  })
  declared: object | null;
  @ApiProperty({
    enum: ROLL_BACK_FROM,
    description: 'From which outcome on it is taken back by itself, where something undoes it',
  })
  roll_back: RollBackFrom;
}

/** What somebody looks at before they say yes. */
export class ApprovalViewResponse {
  @ApiProperty({ type: ActionResponse }) remediation_action: ActionResponse;
  @ApiProperty({ description: 'False: its target was changed, and it has to be looked at again' })
  is_current: boolean;
  @ApiProperty({ enum: VERDICTS, description: 'What policies and limits say of it now' }) verdict: string;
  @ApiProperty({ type: [String] }) reasons: readonly string[];
  @ApiProperty({ type: 'integer' }) approvals_given: number;
  @ApiProperty({ type: 'integer' }) approvals_required: number;
  @ApiProperty({ description: 'Whoever asked for it may not approve it' }) needs_somebody_else: boolean;
  @ApiProperty({ type: [GivenApprovalResponse] }) approvals: GivenApprovalResponse[];
  @ApiProperty({ type: [StepOutlookResponse] }) steps: StepOutlookResponse[];
  @ApiProperty({ type: PredictionResponse }) predicted_success: PredictionResponse;
  @ApiProperty({ type: OutlookOnVerification, description: 'How it will be judged' })
  verification: OutlookOnVerification;
  @ApiProperty({ type: [PastOutcomeResponse] }) last_outcomes: PastOutcomeResponse[];

  static from(view: ApprovalView): ApprovalViewResponse {
    const { verify } = view.action;
    return {
      remediation_action: ActionResponse.from(view.action),
      is_current: view.isCurrent,
      verdict: view.decision.verdict,
      reasons: view.decision.reasons,
      approvals_given: view.given,
      approvals_required: view.action.approvalsRequired,
      needs_somebody_else: view.needsSomebodyElse,
      approvals: view.approvals.map((approval) => GivenApprovalResponse.from(approval)),
      steps: view.steps.map(({ step, blastRadius, rollback }) => ({
        ...StepResponse.from(step),
        blast_radius: blastRadius.text,
        rollback,
      })),
      predicted_success: view.prediction,
      verification: {
        declared: verify === null ? null : statedVerification(verify),
        roll_back: verify?.rollBack ?? DEFAULTS.rollBack,
      },
      last_outcomes: view.lastOutcomes.map((past) => ({
        action_id: past.id,
        status: past.status,
        outcome: past.outcome,
        finished_at: past.finishedAt,
        error: past.errorMessage,
      })),
    };
  }
}
