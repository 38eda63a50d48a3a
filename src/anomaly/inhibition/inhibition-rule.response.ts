import { ApiProperty } from '@nestjs/swagger';

import { isoText } from '../../common/time/iso-text';
import type { StatedRule } from './inhibition-rule.service';

/** A rule of inhibition as callers see it. */
export class InhibitionRuleResponse {
  @ApiProperty({ type: 'integer', example: 1 }) id: number;
  @ApiProperty({ example: 'Node down' }) name: string;
  @ApiProperty({ type: [String], example: ['alertname="NodeDown"'] }) source_matchers: readonly string[];
  @ApiProperty({ type: [String], example: ['tier="app"'] }) target_matchers: readonly string[];
  @ApiProperty({ type: [String], example: ['node'] }) equal: readonly string[];
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: string;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: string;

  static from(rule: StatedRule): InhibitionRuleResponse {
    return {
      id: rule.id,
      name: rule.name,
      source_matchers: rule.source_matchers,
      target_matchers: rule.target_matchers,
      equal: rule.equal,
      created_by: rule.createdBy,
      created_at: isoText(rule.createdAt),
      updated_at: isoText(rule.updatedAt),
    };
  }
}
