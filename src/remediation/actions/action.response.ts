import { ApiProperty } from '@nestjs/swagger';

import type { ActionLogEntry } from '../execution/log-entry.entity';
import type { RemediationStep } from '../execution/step.entity';
import { STEP_STATES, type StepState } from '../execution/step-lifecycle';
import { type Risk, RISKS } from '../policy/catalogue';
import { FAILURE_POLICIES } from '../runbooks/runbook-definition';
import { statedVerification } from '../verification/verification-request';
import { VERIFICATION_SCHEMA } from '../verification/verify.dto';
import type { RemediationAction } from './action.entity';
import { type Origin, ORIGINS } from './action.types';
import { ACTION_STATUSES, type ActionStatus } from './action-lifecycle';
import { ACTION_TYPES, type ActionType } from './action-type';
import { type Outcome, OUTCOMES } from './outcome';
import { PRIORITIES, type Priority } from './priority';

const NULLABLE_TIME = { type: String, format: 'date-time', nullable: true } as const;
const NULLABLE_TEXT = { type: String, nullable: true } as const;
const NULLABLE_ID = { type: 'integer', nullable: true } as const;
const FREE_OBJECT = { type: 'object', additionalProperties: true } as const;

class ExecutionResultResponse {
  @ApiProperty() success: boolean;
  @ApiProperty({ description: 'Seconds from the first claim to the end' }) execution_time: number;
  @ApiProperty(NULLABLE_TEXT) error: string | null;
}

/** An action as callers see it. */
export class ActionResponse {
  @ApiProperty({ type: 'integer', example: 1 }) id: number;
  @ApiProperty(NULLABLE_ID) anomaly_id: number | null;
  @ApiProperty({ enum: ACTION_TYPES }) action_type: ActionType;
  @ApiProperty() action_name: string;
  @ApiProperty() description: string;
  @ApiProperty({ enum: ACTION_STATUSES }) status: ActionStatus;
  @ApiProperty({ enum: PRIORITIES }) priority: Priority;
  @ApiProperty(FREE_OBJECT) parameters: object;
  @ApiProperty(NULLABLE_ID) target_id: number | null;
  @ApiProperty({ ...NULLABLE_ID, description: 'The version of the runbook whose steps it does' })
  runbook_version_id: number | null;
  @ApiProperty({ enum: ORIGINS }) origin: Origin;
  @ApiProperty({ ...NULLABLE_ID, description: 'The action whose step it takes back' }) rollback_of:
    number | null;
  @ApiProperty({ ...NULLABLE_ID, description: 'The rule that proposed it' }) rule_id: number | null;
  @ApiProperty({ ...NULLABLE_ID, description: 'Its place among what the rules chose for its anomaly' })
  rank: number | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    minimum: 0,
    maximum: 1,
    description: 'How likely it was to help when it was proposed, by what was verified of it',
  })
  expected_success: number | null;
  @ApiProperty({ enum: RISKS }) risk: Risk;
  @ApiProperty({ description: 'What an approval is given for; changes with every edit' }) plan_hash: string;
  @ApiProperty({ type: 'integer' }) approvals_required: number;
  @ApiProperty({ type: ExecutionResultResponse, nullable: true, description: 'When it has ended' })
  execution_result: object | null;
  @ApiProperty(NULLABLE_TEXT) error_message: string | null;
  @ApiProperty({
    enum: OUTCOMES,
    nullable: true,
    description:
      'Whether it has helped; null while nobody has looked to the end. unknown: nobody knows whether it was done, until somebody reconciles it',
  })
  outcome: Outcome | null;
  @ApiProperty({ ...VERIFICATION_SCHEMA, nullable: true, description: 'What was declared to show it' })
  verify: object | null;
  @ApiProperty() requested_by: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'Until when it may be executed' })
  expires_at: Date;
  @ApiProperty(NULLABLE_TEXT) approved_by: string | null;
  @ApiProperty(NULLABLE_TIME) approved_at: Date | null;
  @ApiProperty(NULLABLE_TEXT) rejected_by: string | null;
  @ApiProperty(NULLABLE_TIME) rejected_at: Date | null;
  @ApiProperty(NULLABLE_TEXT) rejected_reason: string | null;
  @ApiProperty(NULLABLE_TIME) scheduled_at: Date | null;
  @ApiProperty(NULLABLE_TEXT) executed_by: string | null;
  @ApiProperty(NULLABLE_TIME) executed_at: Date | null;
  @ApiProperty(NULLABLE_TIME) cancel_requested_at: Date | null;
  @ApiProperty(NULLABLE_TEXT) cancelled_by: string | null;
  @ApiProperty(NULLABLE_TIME) cancelled_at: Date | null;
  @ApiProperty(NULLABLE_TIME) finished_at: Date | null;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: Date;

  static from(row: RemediationAction): ActionResponse {
    return {
      id: row.id,
      anomaly_id: row.anomalyId,
      action_type: row.actionType,
      action_name: row.actionName,
      description: row.description,
      status: row.status,
      priority: row.priority,
      parameters: row.parameters,
      target_id: row.targetId,
      runbook_version_id: row.runbookVersionId,
      origin: row.origin,
      rollback_of: row.rollbackOf,
      rule_id: row.ruleId,
      rank: row.rank,
      expected_success: row.expectedSuccess,
      risk: row.risk,
      plan_hash: row.planHash,
      approvals_required: row.approvalsRequired,
      execution_result: row.executionResult,
      error_message: row.errorMessage,
      outcome: row.outcome,
      verify: row.verify && statedVerification(row.verify),
      requested_by: row.requestedBy,
      expires_at: row.expiresAt,
      approved_by: row.approvedBy,
      approved_at: row.approvedAt,
      rejected_by: row.rejectedBy,
      rejected_at: row.rejectedAt,
      rejected_reason: row.rejectedReason,
      scheduled_at: row.scheduledAt,
      executed_by: row.executedBy,
      executed_at: row.executedAt,
      cancel_requested_at: row.cancelRequestedAt,
      cancelled_by: row.cancelledBy,
      cancelled_at: row.cancelledAt,
      finished_at: row.finishedAt,
      version: row.version,
      created_at: row.createdAt,
      updated_at: row.updatedAt,
    };
  }
}

/** One step of an action as the ledger has it. */
export class StepResponse {
  @ApiProperty({ format: 'uuid', description: 'The idempotency key that its target sees' }) id: string;
  @ApiProperty({ type: 'integer' }) position: number;
  @ApiProperty() name: string;
  @ApiProperty({ enum: ACTION_TYPES }) action_type: ActionType;
  @ApiProperty(FREE_OBJECT) parameters: object;
  @ApiProperty(NULLABLE_ID) target_id: number | null;
  @ApiProperty({ enum: STEP_STATES }) state: StepState;
  @ApiProperty({ description: 'Doing it twice is doing it once' }) is_idempotent: boolean;
  @ApiProperty({ type: 'integer' }) attempt: number;
  @ApiProperty({ type: 'integer' }) max_attempts: number;
  @ApiProperty({ type: 'integer' }) timeout_seconds: number;
  @ApiProperty({ enum: FAILURE_POLICIES }) on_failure: string;
  @ApiProperty({ ...NULLABLE_ID, description: 'The fencing token of the latest attempt' }) fence:
    number | null;
  @ApiProperty(NULLABLE_TEXT) worker: string | null;
  @ApiProperty({ ...NULLABLE_TIME, description: 'When it may be tried' }) ready_at: Date | null;
  @ApiProperty(NULLABLE_TIME) claimed_at: Date | null;
  @ApiProperty(NULLABLE_TIME) ended_at: Date | null;
  @ApiProperty({ ...FREE_OBJECT, nullable: true, description: 'What its target answered' }) result:
    object | null;
  @ApiProperty(NULLABLE_TEXT) error: string | null;

  static from(row: RemediationStep): StepResponse {
    return {
      id: row.id,
      position: row.position,
      name: row.name,
      action_type: row.actionType,
      parameters: row.parameters,
      target_id: row.targetId,
      state: row.state,
      is_idempotent: row.isIdempotent,
      attempt: row.attempt,
      max_attempts: row.maxAttempts,
      timeout_seconds: row.timeoutSeconds,
      on_failure: row.onFailure,
      fence: row.fence,
      worker: row.worker,
      ready_at: row.readyAt,
      claimed_at: row.claimedAt,
      ended_at: row.endedAt,
      result: row.result,
      error: row.error,
    };
  }
}

export class ActionLogResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ type: String, format: 'date-time' }) at: Date;
  @ApiProperty({ example: 'approved' }) event: string;
  @ApiProperty() message: string;
  @ApiProperty({ description: 'Who did it, or who says it' }) by: string;
  @ApiProperty({ ...NULLABLE_TEXT, description: 'The step that it is about' }) step_id: string | null;

  static from(row: ActionLogEntry): ActionLogResponse {
    return {
      id: row.id,
      at: row.at,
      event: row.event,
      message: row.message,
      by: row.byName,
      step_id: row.stepId,
    };
  }
}

const COUNTS = { type: 'object', additionalProperties: { type: 'integer' } } as const;

export class ActionStatsResponse {
  @ApiProperty({ type: 'integer' }) total_actions: number;
  @ApiProperty(COUNTS) by_status: Record<string, number>;
  @ApiProperty(COUNTS) by_type: Record<string, number>;
  @ApiProperty(COUNTS) by_priority: Record<string, number>;
  @ApiProperty(COUNTS) by_outcome: Record<string, number>;
  @ApiProperty({
    description: 'Percent of completed and failed ones that were completed; 0 where there are none',
  })
  success_rate: number;
  @ApiProperty({
    description:
      'Percent of failed and judged ones after which the symptom was seen to be gone; what takes another back does not count',
  })
  verified_success_rate: number;
  @ApiProperty({ type: 'integer' }) completed_actions: number;
  @ApiProperty({ type: 'integer' }) successful_actions: number;
}
