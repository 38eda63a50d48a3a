import { ApiProperty } from '@nestjs/swagger';

import type { Measured } from './judgement';
import type { RemediationVerification } from './verification.entity';
import { statedVerification } from './verification-request';
import { VERIFICATION_SCHEMA } from './verify.dto';

const NULLABLE_TIME = { type: String, format: 'date-time', nullable: true } as const;
const NULLABLE_NUMBER = { type: Number, nullable: true } as const;

class MeasuredResponse {
  @ApiProperty({ ...NULLABLE_NUMBER, description: 'Median before the action began' }) before: number | null;
  @ApiProperty({ ...NULLABLE_NUMBER, description: 'Where it would be had it gone on as before' })
  expected: number | null;
  @ApiProperty({ ...NULLABLE_NUMBER, description: 'Median of the latest' }) after: number | null;
  @ApiProperty({ type: 'integer' }) samples_before: number;
  @ApiProperty({ type: 'integer' }) samples_after: number;
}

/** Whether an action has helped, as callers see it. */
export class VerificationResponse {
  @ApiProperty({ enum: ['watching', 'judged'] }) state: string;
  @ApiProperty({
    enum: ['condition', 'anomaly', 'nothing'],
    description: 'What shows it: a condition on what is measured, its anomaly’s own end, or nothing',
  })
  symptom: string;
  @ApiProperty({ ...VERIFICATION_SCHEMA, nullable: true, description: 'The condition' }) verify:
    object | null;
  @ApiProperty({ type: String, format: 'date-time', description: 'When the action began to act' })
  began_at: Date;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it was done' }) done_at: Date;
  @ApiProperty({ type: String, format: 'date-time', description: 'Until when it is looked at' })
  until: Date;
  @ApiProperty({ enum: ['verified', 'unverified', 'no_effect', 'made_worse'], nullable: true }) outcome:
    string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why, in words' }) reason: string | null;
  @ApiProperty({ type: MeasuredResponse, nullable: true }) measured: Measured | null;
  @ApiProperty({ ...NULLABLE_TIME, description: 'Since when the symptom is gone' }) recovered_at: Date | null;
  @ApiProperty(NULLABLE_TIME) judged_at: Date | null;

  static from(row: RemediationVerification): VerificationResponse {
    const { symptom } = row;
    return {
      state: row.state,
      symptom: symptom.kind,
      verify: symptom.kind === 'condition' ? statedVerification(symptom.terms) : null,
      began_at: row.beganAt,
      done_at: row.doneAt,
      until: row.giveUpAt,
      outcome: row.outcome,
      reason: row.reason,
      measured: row.measured as Measured | null,
      recovered_at: row.recoveredAt,
      judged_at: row.judgedAt,
    };
  }
}
