import { ApiProperty } from '@nestjs/swagger';

import type { Labels } from '../metrics/labels';
import type { Alert } from './alert.entity';
import { ALERT_STATUSES, type AlertStatus } from './alert-lifecycle';

export class AlertResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ example: '7909818cb2b8c9d0', description: 'As Prometheus and Alertmanager compute it' })
  fingerprint: string;
  @ApiProperty({ enum: ALERT_STATUSES }) status: AlertStatus;
  @ApiProperty({ description: 'The label alertname; empty where it is missing' }) name: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) labels: Labels;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) annotations: Labels;
  @ApiProperty({ example: 'alertmanager' }) source: string;
  @ApiProperty({ type: 'integer', nullable: true }) integration_id: number | null;
  @ApiProperty({ type: String, format: 'date-time', description: 'As its sender says' }) starts_at: Date;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it is over unless it is told again; null where only its sender can end it',
  })
  ends_at: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) resolved_at: Date | null;
  @ApiProperty({ description: 'Over because nobody told it again, not because somebody said so' })
  is_timed_out: boolean;
  @ApiProperty({ type: String, nullable: true }) generator_url: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    nullable: true,
    description: 'The numbers that fired, where the sender gives them',
  })
  values: Readonly<Record<string, number>> | null;
  @ApiProperty({ type: 'integer', description: 'How often it was told' }) told_count: number;
  @ApiProperty({ type: String, format: 'date-time' }) received_at: Date;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it was told last, or ended' })
  updated_at: Date;

  static from(row: Alert): AlertResponse {
    return {
      id: row.id,
      fingerprint: row.fingerprint,
      status: row.status,
      name: row.labels.alertname ?? '',
      labels: row.labels,
      annotations: row.annotations,
      source: row.source,
      integration_id: row.integrationId,
      starts_at: row.startsAt,
      ends_at: row.endsAt,
      resolved_at: row.resolvedAt,
      is_timed_out: row.isTimedOut,
      generator_url: row.generatorUrl,
      values: row.values,
      told_count: row.toldCount,
      received_at: row.receivedAt,
      updated_at: row.updatedAt,
    };
  }
}
