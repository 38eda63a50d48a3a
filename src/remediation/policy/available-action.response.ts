import { ApiProperty } from '@nestjs/swagger';

import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { type CatalogueEntry, type Risk, RISKS } from './catalogue';
import type { ParameterSchema } from './parameter-schema';

class BlastRadiusResponse {
  @ApiProperty({ type: 'integer', description: 'How many, at most' }) count: number;
  @ApiProperty({ enum: ['instance', 'service', 'setting', 'file_system'] }) unit: string;
  @ApiProperty({ type: Number, nullable: true, description: 'Of what the target has' })
  percent: number | null;
  @ApiProperty({ example: '1 more' }) text: string;
}

class VerificationResponse {
  @ApiProperty({ example: 'disk_usage_pct' }) metric: string;
  @ApiProperty({ enum: ['<', '<=', '>', '>='] }) op: string;
  @ApiProperty({ example: 85 }) threshold: number;
  @ApiProperty({ type: 'integer', description: 'How long it has to hold' }) for_seconds: number;
  @ApiProperty({ type: 'integer', description: 'How long it is waited for' }) timeout_seconds: number;
}

/** What can be done, as callers see it. */
export class AvailableActionResponse {
  @ApiProperty({ enum: ACTION_TYPES }) action_type: ActionType;
  @ApiProperty() description: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The known parameters by name, each with its kind and range; others are handed on unread',
    example: { by: { kind: 'integer', min: 1, max: 100, description: 'How many instances more' } },
  })
  parameters: ParameterSchema;
  @ApiProperty({ enum: RISKS }) risk: Risk;
  @ApiProperty({
    description: 'Doing it twice is doing it once; anything else is never sent again by itself',
  })
  is_idempotent: boolean;
  @ApiProperty({ type: 'integer' }) timeout_seconds: number;
  @ApiProperty({ type: 'integer' }) retries: number;
  @ApiProperty({ type: BlastRadiusResponse, description: 'What it touches without parameters' })
  blast_radius: BlastRadiusResponse;
  @ApiProperty({ enum: ACTION_TYPES, nullable: true, description: 'What undoes it' })
  rollback_action_type: ActionType | null;
  @ApiProperty({
    type: VerificationResponse,
    nullable: true,
    description:
      'What shows that it helped, where nobody declares it; null where only the anomaly’s own end does, or nothing since it is to end nothing',
  })
  verification: VerificationResponse | null;

  static from(action: CatalogueEntry & { readonly type: ActionType }): AvailableActionResponse {
    const { verification } = action;
    const { count, unit, percent = null, text } = action.blastRadius({});
    return {
      action_type: action.type,
      description: action.description,
      parameters: action.parameters,
      risk: action.risk,
      is_idempotent: action.isIdempotent,
      timeout_seconds: action.timeoutSeconds,
      retries: action.retries,
      blast_radius: { count, unit, percent, text },
      rollback_action_type: action.rollback?.type ?? null,
      verification:
        typeof verification === 'string'
          ? null
          : {
              metric: verification.metric,
              op: verification.op,
              threshold: verification.threshold,
              for_seconds: verification.forSeconds,
              timeout_seconds: verification.timeoutSeconds,
            },
    };
  }
}
