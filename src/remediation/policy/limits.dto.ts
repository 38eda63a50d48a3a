import { ApiProperty } from '@nestjs/swagger';

import { Field, Integer } from '../../common/validation/fields';
import type { RemediationLimits } from './limits.entity';
import type { LimitsEdit } from './limits.service';

const DAY = 86_400;

export class UpdateLimitsDto {
  @Integer(0, DAY, { required: false, description: 'Between two actions on one target' })
  cooldown_seconds?: number;

  @Integer(0, 10_000, { required: false, description: 'How many may begin within any hour' })
  actions_per_hour?: number;

  @Integer(0, 10_000, { required: false })
  actions_per_hour_per_target?: number;

  @Integer(1, 100, { required: false, description: 'How many steps may run at once, over all processes' })
  max_concurrent?: number;

  @Integer(1, 3_600, { required: false, description: 'The most that one attempt may take' })
  timeout_seconds?: number;

  @Integer(1, 100, {
    required: false,
    description: 'Failures in a row after which nothing is done to a target for a while',
  })
  breaker_failures?: number;

  @Integer(1, DAY, { required: false, description: 'How long that while is' })
  breaker_seconds?: number;

  @Integer(1, 100_000, { required: false, description: 'How much one action may touch at once' })
  max_radius_count?: number;

  @Field(
    (value, field) =>
      typeof value === 'number' && value > 0 && value <= 100 ? null : `${field} must be between 0 and 100`,
    { type: Number, minimum: 0, maximum: 100 },
    { required: false, description: 'The same as a share of all there is of it' },
  )
  max_radius_percent?: number;

  @Integer(1, 10, { required: false, description: 'How many have to approve what is of low risk' })
  quorum_low?: number;

  @Integer(1, 10, { required: false })
  quorum_medium?: number;

  @Integer(1, 10, { required: false })
  quorum_high?: number;

  @Integer(60, 30 * DAY, { required: false, description: 'How long a proposal waits for an answer' })
  proposal_seconds?: number;

  @Integer(10, 7 * DAY, { required: false, description: 'How long an approval holds' })
  approval_seconds?: number;

  @Integer(5, DAY, {
    required: false,
    description: 'How long what is executed may wait for its limits before it fails',
  })
  start_seconds?: number;

  @Integer(1, 2_147_483_647, {
    required: false,
    description: 'The version you read; 409 when it is no longer the latest',
  })
  version?: number;
}

/** What of the body is an edit. */
export function limitsEditOf(body: UpdateLimitsDto): LimitsEdit {
  return {
    cooldownSeconds: body.cooldown_seconds,
    actionsPerHour: body.actions_per_hour,
    actionsPerHourPerTarget: body.actions_per_hour_per_target,
    maxConcurrent: body.max_concurrent,
    timeoutSeconds: body.timeout_seconds,
    breakerFailures: body.breaker_failures,
    breakerSeconds: body.breaker_seconds,
    maxRadiusCount: body.max_radius_count,
    maxRadiusPercent: body.max_radius_percent,
    quorumLow: body.quorum_low,
    quorumMedium: body.quorum_medium,
    quorumHigh: body.quorum_high,
    proposalSeconds: body.proposal_seconds,
    approvalSeconds: body.approval_seconds,
    startSeconds: body.start_seconds,
  };
}

export class LimitsResponse {
  @ApiProperty({ type: 'integer' }) cooldown_seconds: number;
  @ApiProperty({ type: 'integer' }) actions_per_hour: number;
  @ApiProperty({ type: 'integer' }) actions_per_hour_per_target: number;
  @ApiProperty({ type: 'integer' }) max_concurrent: number;
  @ApiProperty({ type: 'integer' }) timeout_seconds: number;
  @ApiProperty({ type: 'integer' }) breaker_failures: number;
  @ApiProperty({ type: 'integer' }) breaker_seconds: number;
  @ApiProperty({ type: 'integer' }) max_radius_count: number;
  @ApiProperty() max_radius_percent: number;
  @ApiProperty({ type: 'integer' }) quorum_low: number;
  @ApiProperty({ type: 'integer' }) quorum_medium: number;
  @ApiProperty({ type: 'integer' }) quorum_high: number;
  @ApiProperty({ type: 'integer' }) proposal_seconds: number;
  @ApiProperty({ type: 'integer' }) approval_seconds: number;
  @ApiProperty({ type: 'integer' }) start_seconds: number;
  @ApiProperty({ description: 'Whether everything is stopped' }) is_frozen: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) frozen_at: Date | null;
  @ApiProperty({ type: String, nullable: true }) frozen_by: string | null;
  @ApiProperty({ type: String, nullable: true }) frozen_reason: string | null;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: Date;

  static from(row: RemediationLimits): LimitsResponse {
    return {
      cooldown_seconds: row.cooldownSeconds,
      actions_per_hour: row.actionsPerHour,
      actions_per_hour_per_target: row.actionsPerHourPerTarget,
      max_concurrent: row.maxConcurrent,
      timeout_seconds: row.timeoutSeconds,
      breaker_failures: row.breakerFailures,
      breaker_seconds: row.breakerSeconds,
      max_radius_count: row.maxRadiusCount,
      max_radius_percent: row.maxRadiusPercent,
      quorum_low: row.quorumLow,
      quorum_medium: row.quorumMedium,
      quorum_high: row.quorumHigh,
      proposal_seconds: row.proposalSeconds,
      approval_seconds: row.approvalSeconds,
      start_seconds: row.startSeconds,
      is_frozen: row.frozenAt !== null,
      frozen_at: row.frozenAt,
      frozen_by: row.frozenBy,
      frozen_reason: row.frozenReason,
      version: row.version,
      updated_at: row.updatedAt,
    };
  }
}
