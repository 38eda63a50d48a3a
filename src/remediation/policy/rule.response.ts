import { ApiProperty } from '@nestjs/swagger';

import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import { isoText } from '../../common/time/iso-text';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { PRIORITIES, type Priority } from '../actions/priority';
import { statedVerification } from '../verification/verification-request';
import { VERIFICATION_SCHEMA } from '../verification/verify.dto';
import { type Issue, ISSUES } from './engine';
import type { Parameters } from './parameter-schema';
import type { StatedRule } from './rule.service';

/** A remediation rule as callers see it. */
export class RuleResponse {
  @ApiProperty({ type: 'integer', example: 1 }) id: number;
  @ApiProperty({ example: 'Checkout is slow: scale up' }) name: string;
  @ApiProperty({ type: 'integer', example: 100 }) position: number;
  @ApiProperty() enabled: boolean;
  @ApiProperty() continues: boolean;
  @ApiProperty({ enum: SEVERITIES }) min_severity: Severity;
  @ApiProperty({ enum: SEVERITIES }) max_severity: Severity;
  @ApiProperty({ type: [String] }) sources: readonly string[];
  @ApiProperty({ type: [String], example: ['service="checkout"'] }) matchers: readonly string[];
  @ApiProperty({ type: String, nullable: true }) series: string | null;
  @ApiProperty({ enum: ISSUES, isArray: true }) issues: readonly Issue[];
  @ApiProperty({ type: 'integer', nullable: true }) runbook_id: number | null;
  @ApiProperty({ enum: ACTION_TYPES, nullable: true }) action_type: ActionType | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) parameters: Parameters;
  @ApiProperty({ enum: PRIORITIES }) priority: Priority;
  @ApiProperty({ type: 'integer', nullable: true }) cooldown_seconds: number | null;
  @ApiProperty({ ...VERIFICATION_SCHEMA, nullable: true, description: 'What shows that it has helped' })
  verify: object | null;
  @ApiProperty({ type: 'integer', description: 'Send it back as `version` to change it safely' })
  version: number;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: string;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: string;

  static from(rule: StatedRule): RuleResponse {
    return {
      id: rule.id,
      name: rule.name,
      position: rule.position,
      enabled: rule.isEnabled,
      continues: rule.continues,
      min_severity: rule.minSeverity,
      max_severity: rule.maxSeverity,
      sources: rule.sources,
      matchers: rule.matchers,
      series: rule.series,
      issues: rule.issues,
      runbook_id: rule.runbookId,
      action_type: rule.actionType,
      parameters: rule.parameters,
      priority: rule.priority,
      cooldown_seconds: rule.cooldownSeconds,
      verify: rule.verify && statedVerification(rule.verify),
      version: rule.version,
      created_by: rule.createdBy,
      created_at: isoText(rule.createdAt),
      updated_at: isoText(rule.updatedAt),
    };
  }
}
