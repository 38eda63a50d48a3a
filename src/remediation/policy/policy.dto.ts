import { ApiProperty } from '@nestjs/swagger';

import { OptionalBody } from '../../common/http/validation.pipe';
import { Integer, OneOf, Text } from '../../common/validation/fields';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { type Verdict, VERDICTS } from './decision';
import type { RemediationPolicy } from './policy.entity';

const REASON = 1_000;
const NULLABLE_INTEGER = { type: 'integer', nullable: true } as const;

export class CreatePolicyDto {
  @OneOf(VERDICTS, { description: 'allow: without approval; ask: people approve; deny: never' })
  verdict: Verdict;

  @OneOf(ACTION_TYPES, {
    required: false,
    message: 'Invalid action_type',
    description: 'Any type where it is left out',
  })
  action_type?: ActionType;

  @Integer(1, Number.MAX_SAFE_INTEGER, { required: false, description: 'Any target where it is left out' })
  target_id?: number;

  @Text(100, { required: false, description: 'Any group of targets where it is left out' })
  target_group?: string;

  @Integer(1, 10, {
    required: false,
    description: 'How many have to approve; the risk says where it is left out',
  })
  approvals?: number;

  @Text(REASON, { required: false })
  reason?: string;
}

export class UpdatePolicyDto {
  @OneOf(VERDICTS, { required: false })
  verdict?: Verdict;

  @Integer(1, 10, { required: false })
  approvals?: number;

  @Text(REASON, { required: false })
  reason?: string;
}

export class PolicyResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ enum: VERDICTS }) verdict: Verdict;
  @ApiProperty({ enum: ACTION_TYPES, nullable: true }) action_type: ActionType | null;
  @ApiProperty(NULLABLE_INTEGER) target_id: number | null;
  @ApiProperty({ type: String, nullable: true }) target_group: string | null;
  @ApiProperty(NULLABLE_INTEGER) approvals: number | null;
  @ApiProperty() reason: string;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: Date;

  static from(row: RemediationPolicy): PolicyResponse {
    return {
      id: row.id,
      verdict: row.verdict,
      action_type: row.actionType,
      target_id: row.targetId,
      target_group: row.targetGroup,
      approvals: row.approvals,
      reason: row.reason,
      created_by: row.createdBy,
      created_at: row.createdAt,
      updated_at: row.updatedAt,
    };
  }
}

@OptionalBody()
export class FreezeDto {
  @Text(REASON, { required: false, example: 'Deployment night' })
  reason?: string;
}
