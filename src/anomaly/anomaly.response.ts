import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { isoText } from '../common/time/iso-text';
import { Anomaly } from './anomaly.entity';
import { AnomalyComment } from './anomaly-comment.entity';
import { AnomalyHistoryEntry } from './anomaly-history.entity';
import { type Status, STATUSES } from './anomaly-lifecycle';
import { SEVERITIES, type Severity } from './severity';

const NULLABLE_TIME = { type: String, format: 'date-time', nullable: true } as const;
const NULLABLE_TEXT = { type: String, nullable: true } as const;

/** An anomaly as callers see it. */
export class AnomalyResponse {
  @ApiProperty({ type: 'integer', example: 1 }) id: number;
  @ApiProperty() title: string;
  @ApiProperty() description: string;
  @ApiProperty({ enum: SEVERITIES }) severity: Severity;
  @ApiProperty({ enum: STATUSES }) status: Status;
  @ApiProperty({ minimum: 0, maximum: 1 }) anomaly_score: number;
  @ApiProperty({ minimum: 0, maximum: 1 }) confidence: number;
  @ApiProperty({ example: 'ml_model' }) source: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: string;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: string;
  @ApiProperty({ type: 'integer', description: 'Send it back as `version` or If-Match to edit safely' })
  version: number;
  @ApiProperty(NULLABLE_TEXT) explanation: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) metrics_data: object | null;
  @ApiProperty(NULLABLE_TEXT) created_by: string | null;
  @ApiProperty(NULLABLE_TEXT) acknowledged_by: string | null;
  @ApiProperty(NULLABLE_TIME) acknowledged_at: string | null;
  @ApiProperty(NULLABLE_TEXT) resolved_by: string | null;
  @ApiProperty(NULLABLE_TIME) resolved_at: string | null;
  @ApiProperty(NULLABLE_TEXT) dismissed_by: string | null;
  @ApiProperty(NULLABLE_TIME) dismissed_at: string | null;
  @ApiProperty(NULLABLE_TEXT) resolution: string | null;
  @ApiProperty(NULLABLE_TEXT) root_cause: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) series_id: number | null;
  @ApiProperty({ ...NULLABLE_TIME, description: 'When the series left its band, by the samples’ own time' })
  onset_at: string | null;
  @ApiProperty({ ...NULLABLE_TIME, description: 'The latest sample out of the ordinary' })
  last_seen_at: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description:
      'Series, labels, value, expected band and the numbers behind the score, at the worst point so far',
  })
  metric: object | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    nullable: true,
    description: 'The labels of its series or alert',
  })
  labels: Readonly<Record<string, string>> | null;
  @ApiProperty({ type: 'integer', nullable: true }) alert_id: number | null;
  @ApiProperty({ type: 'integer', nullable: true }) incident_id: number | null;
  @ApiProperty({ ...NULLABLE_TEXT, description: 'Why it belongs to its incident' })
  incident_reason: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'The silence or maintenance window that covers it; it stays open all the same',
    example: { kind: 'maintenance_window', id: 1, name: 'Database upgrade' },
  })
  suppressed_by: object | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'The cause of which it is a symptom, and why; it stays open all the same',
    example: { kind: 'topology', anomaly_id: 7, reason: 'checkout depends on db, where anomaly 7 is active' },
  })
  inhibited_by: object | null;

  /** Times as text: JSON.stringify takes three times as long over an answer with a Date in it. */
  static from(row: Anomaly): AnomalyResponse {
    return {
      id: row.id,
      title: row.title,
      description: row.description,
      severity: row.severity,
      status: row.status,
      anomaly_score: row.anomalyScore,
      confidence: row.confidence,
      source: row.source,
      created_at: isoText(row.createdAt),
      updated_at: isoText(row.updatedAt),
      version: row.version,
      explanation: row.explanation,
      metrics_data: row.metricsData,
      created_by: row.createdBy,
      acknowledged_by: row.acknowledgedBy,
      acknowledged_at: row.acknowledgedAt && isoText(row.acknowledgedAt),
      resolved_by: row.resolvedBy,
      resolved_at: row.resolvedAt && isoText(row.resolvedAt),
      dismissed_by: row.dismissedBy,
      dismissed_at: row.dismissedAt && isoText(row.dismissedAt),
      resolution: row.resolution,
      root_cause: row.rootCause,
      series_id: row.seriesId,
      onset_at: row.onsetAt && isoText(row.onsetAt),
      last_seen_at: row.lastSeenAt && isoText(row.lastSeenAt),
      metric: row.metric,
      labels: row.labels,
      alert_id: row.alertId,
      incident_id: row.incidentId,
      incident_reason: row.incidentReason,
      suppressed_by: row.suppressedBy,
      inhibited_by: row.inhibitedBy,
    };
  }
}

export class AnomalyHistoryResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ type: String, format: 'date-time' }) at: Date;
  @ApiProperty({
    enum: ['opened', 'updated', 'acknowledged', 'resolved', 'dismissed', 'reopened', 'commented', 'deleted'],
  })
  event: string;
  @ApiProperty({ description: 'Who did it', example: 'admin' }) by: string;
  @ApiProperty({ enum: ['user', 'api_key', 'system'] }) by_kind: string;
  @ApiProperty(NULLABLE_TEXT) from_status: string | null;
  @ApiProperty() to_status: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'The edited members',
  })
  changes: object | null;

  static from(row: AnomalyHistoryEntry): AnomalyHistoryResponse {
    return {
      id: row.id,
      at: row.at,
      event: row.event,
      by: row.actorName,
      by_kind: row.actorKind,
      from_status: row.fromStatus,
      to_status: row.toStatus,
      changes: row.changes,
    };
  }
}

export class AnomalyCommentResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ type: 'integer' }) anomaly_id: number;
  @ApiProperty() body: string;
  @ApiProperty() author: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;

  static from(row: AnomalyComment): AnomalyCommentResponse {
    return {
      id: row.id,
      anomaly_id: row.anomalyId,
      body: row.body,
      author: row.authorName,
      created_at: row.createdAt,
    };
  }
}

const COUNTS = { type: 'object', additionalProperties: { type: 'integer' } } as const;

export class AnomalyStatsResponse {
  @ApiProperty({ type: 'integer' }) total_anomalies: number;
  @ApiProperty({ ...COUNTS, example: { low: 1, medium: 0, high: 2, critical: 0 } }) by_severity: Record<
    string,
    number
  >;
  @ApiProperty({ ...COUNTS, example: { open: 2, acknowledged: 0, resolved: 1, dismissed: 0 } })
  by_status: Record<string, number>;
  @ApiProperty({ ...COUNTS, example: { manual: 1, ml_model: 2 } }) by_source: Record<string, number>;
}

class DayCountResponse {
  @ApiProperty({ example: '2026-01-31' }) day: string;
  @ApiProperty({ type: 'integer' }) opened: number;
  @ApiProperty({ type: 'integer' }) resolved: number;
}

class DurationResponse {
  @ApiProperty({ type: 'integer' }) count: number;
  @ApiProperty({ type: Number, nullable: true }) mean_seconds: number | null;
  @ApiProperty({ type: Number, nullable: true }) median_seconds: number | null;
  @ApiProperty({ type: Number, nullable: true }) p90_seconds: number | null;
}

class TopSeriesResponse {
  @ApiProperty({ type: 'integer' }) series_id: number;
  @ApiProperty() series: string;
  @ApiProperty({ type: 'integer' }) anomalies: number;
}

export class AnomalyReportResponse {
  @ApiProperty({ type: String, format: 'date-time' }) from: Date;
  @ApiProperty({ type: String, format: 'date-time' }) to: Date;
  @ApiProperty({ type: [DayCountResponse] }) per_day: DayCountResponse[];
  @ApiProperty({ type: DurationResponse }) time_to_acknowledge: DurationResponse;
  @ApiProperty({ type: DurationResponse }) time_to_resolve: DurationResponse;
  @ApiProperty({ type: [TopSeriesResponse] }) top_series: TopSeriesResponse[];
}

export class BulkAcknowledgeResponse {
  @ApiProperty({ type: [Number], description: 'Acknowledged now' }) acknowledged: number[];
  @ApiProperty({ type: [Number], description: 'Were acknowledged already' }) unchanged: number[];
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object', properties: { id: { type: 'integer' }, message: { type: 'string' } } },
    description: 'Left alone, with the reason',
  })
  refused: { id: number; message: string }[];
}
