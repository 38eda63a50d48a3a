import { ApiProperty } from '@nestjs/swagger';

import { isoText } from '../../common/time/iso-text';
import { SEVERITIES, type Severity } from '../severity';
import { Incident } from './incident.entity';
import { IncidentHistoryEntry } from './incident-history.entity';
import { INCIDENT_STATUSES, type IncidentStatus } from './incident-lifecycle';

const NULLABLE_TIME = { type: String, format: 'date-time', nullable: true } as const;

/** An incident as callers see it. */
export class IncidentResponse {
  @ApiProperty({ type: 'integer', example: 1 }) id: number;
  @ApiProperty({ example: 'checkout: HighErrorRate on web-1' }) title: string;
  @ApiProperty({ enum: INCIDENT_STATUSES }) status: IncidentStatus;
  @ApiProperty({ enum: SEVERITIES, description: 'The highest of its members' }) severity: Severity;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'What its members have in common',
    example: { service: 'checkout' },
  })
  group_labels: Readonly<Record<string, string>>;
  @ApiProperty({ type: 'integer', description: 'How many anomalies have joined it' }) anomaly_count: number;
  @ApiProperty({ type: String, format: 'date-time' }) opened_at: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When an anomaly last joined it or was reopened',
  })
  last_activity_at: string;
  @ApiProperty({ type: String, nullable: true }) acknowledged_by: string | null;
  @ApiProperty(NULLABLE_TIME) acknowledged_at: string | null;
  @ApiProperty({ type: String, nullable: true }) resolved_by: string | null;
  @ApiProperty(NULLABLE_TIME) resolved_at: string | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The incident with which it turned out to be one, and which has its members now',
  })
  merged_into: number | null;

  static from(row: Incident): IncidentResponse {
    return {
      id: row.id,
      title: row.title,
      status: row.status,
      severity: row.severity,
      group_labels: row.groupLabels,
      anomaly_count: row.anomalyCount,
      opened_at: isoText(row.openedAt),
      last_activity_at: isoText(row.lastActivityAt),
      acknowledged_by: row.acknowledgedBy,
      acknowledged_at: row.acknowledgedAt && isoText(row.acknowledgedAt),
      resolved_by: row.resolvedBy,
      resolved_at: row.resolvedAt && isoText(row.resolvedAt),
      merged_into: row.mergedInto,
    };
  }
}

export class IncidentHistoryResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ type: String, format: 'date-time' }) at: string;
  @ApiProperty({ enum: ['opened', 'acknowledged', 'resolved', 'reopened', 'merged', 'took_in'] })
  event: string;
  @ApiProperty({ description: 'Who did it', example: 'admin' }) by: string;
  @ApiProperty({ enum: ['user', 'api_key', 'system'] }) by_kind: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'With which other incident it became one, and why',
    example: { merged_into: 5, reason: 'web depends on db' },
  })
  details: object | null;

  static from(row: IncidentHistoryEntry): IncidentHistoryResponse {
    return {
      id: row.id,
      at: isoText(row.at),
      event: row.event,
      by: row.actorName,
      by_kind: row.actorKind,
      details: row.details,
    };
  }
}
