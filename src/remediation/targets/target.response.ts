import { ApiProperty } from '@nestjs/swagger';

import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import type { JsonObject } from '../execution/json';
import type { SeenTarget } from './target.service';
import type { CheckResult } from './target-check.service';
import { TARGET_KINDS, type TargetKind } from './target-kind';

class SetSecretResponse {
  @ApiProperty() name: string;
  @ApiProperty({ type: String, format: 'date-time' }) set_at: Date;
}

/** A target as people see it: never a secret, and its settings for those only who may set them. */
export class TargetResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty({ enum: [...TARGET_KINDS] }) kind: TargetKind;
  @ApiProperty({ type: String, nullable: true }) description: string | null;
  @ApiProperty() is_enabled: boolean;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) labels: Record<string, string>;
  @ApiProperty({ type: String, nullable: true }) group: string | null;
  @ApiProperty() is_protected: boolean;
  @ApiProperty({ type: 'integer', nullable: true }) cooldown_seconds: number | null;
  @ApiProperty({ type: 'integer', nullable: true }) hourly_budget: number | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Null for those who may not manage targets: paths of webhooks often are secrets',
  })
  settings: JsonObject | null;
  @ApiProperty({ type: [SetSecretResponse], description: 'Which secrets are set' })
  secrets: SetSecretResponse[];
  @ApiProperty({
    enum: [...ACTION_TYPES],
    isArray: true,
    description: 'What can be done there as it is set up',
  })
  action_types: ActionType[];
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) checked_at: Date | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why the last check failed' })
  check_error: string | null;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: Date;

  static from({ target, secrets, actionTypes }: SeenTarget, maySeeSettings: boolean): TargetResponse {
    return {
      id: target.id,
      name: target.name,
      kind: target.kind,
      description: target.description,
      is_enabled: target.isEnabled,
      labels: target.labels,
      group: target.group,
      is_protected: target.isProtected,
      cooldown_seconds: target.cooldownSeconds,
      hourly_budget: target.hourlyBudget,
      settings: maySeeSettings ? target.settings : null,
      secrets: secrets.map(({ name, setAt }) => ({ name, set_at: setAt })),
      action_types: [...actionTypes],
      version: target.version,
      checked_at: target.checkedAt,
      check_error: target.checkError,
      created_by: target.createdBy,
      created_at: target.createdAt,
      updated_at: target.updatedAt,
    };
  }
}

export class TargetCheckResponse {
  @ApiProperty({ description: 'Whether it can be used' }) is_usable: boolean;
  @ApiProperty({ description: 'What was found' }) message: string;

  static from({ isUsable, message }: CheckResult): TargetCheckResponse {
    return { is_usable: isUsable, message };
  }
}
