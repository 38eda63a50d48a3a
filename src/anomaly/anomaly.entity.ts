import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../database/bigint-column';
import type { Status } from './anomaly-lifecycle';
import type { Inhibitor } from './inhibition/inhibition';
import type { Severity } from './severity';
import type { Suppressor } from './suppression/suppression';

@Entity('anomalies')
export class Anomaly {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  title: string;

  @Column('text')
  description: string;

  @Column('text')
  severity: Severity;

  /** The severity as a number, so that a list can be sorted by it; kept by the database. */
  @Column({ type: 'smallint', name: 'severity_rank', nullable: true, insert: false, update: false })
  severityRank: number;

  @Column('text', { default: 'open' })
  status: Status;

  @Column('double precision', { name: 'anomaly_score' })
  anomalyScore: number;

  @Column('double precision')
  confidence: number;

  @Column('text', { default: 'manual' })
  source: string;

  @Column('text', { nullable: true })
  explanation: string | null;

  /** Whatever the reporter measured, as sent. */
  @Column('jsonb', { name: 'metrics_data', nullable: true })
  metricsData: object | null;

  /** Counts edits and verbs by people; what a caller's `version` or If-Match is held against. */
  @Column('integer', { default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;

  @Column('text', { name: 'created_by', nullable: true })
  createdBy: string | null;

  @Column('text', { name: 'acknowledged_by', nullable: true })
  acknowledgedBy: string | null;

  @Column({ type: 'timestamptz', name: 'acknowledged_at', precision: 3, nullable: true })
  acknowledgedAt: Date | null;

  @Column('text', { name: 'resolved_by', nullable: true })
  resolvedBy: string | null;

  @Column({ type: 'timestamptz', name: 'resolved_at', precision: 3, nullable: true })
  resolvedAt: Date | null;

  @Column('text', { name: 'dismissed_by', nullable: true })
  dismissedBy: string | null;

  @Column({ type: 'timestamptz', name: 'dismissed_at', precision: 3, nullable: true })
  dismissedAt: Date | null;

  @Column('text', { nullable: true })
  resolution: string | null;

  @Column('text', { name: 'root_cause', nullable: true })
  rootCause: string | null;

  /** The series it was seen on; the rest of the metric stands in `metric`. */
  @Column('bigint', { name: 'series_id', nullable: true, transformer: bigintAsNumber })
  seriesId: number | null;

  /** When the series left its band, by the samples' own time. */
  @Column({ type: 'timestamptz', name: 'onset_at', precision: 3, nullable: true })
  onsetAt: Date | null;

  /** The latest sample that was out of the ordinary, by the samples' own time. */
  @Column({ type: 'timestamptz', name: 'last_seen_at', precision: 3, nullable: true })
  lastSeenAt: Date | null;

  /** Series, labels, value, band and the numbers behind the score, at the worst point so far. */
  @Column('jsonb', { nullable: true })
  metric: object | null;

  /** Where it is, in the labels of its series or alert; null where a caller reported it. */
  @Column('jsonb', { nullable: true })
  labels: Readonly<Record<string, string>> | null;

  /** The latest episode of the alert behind it. */
  @Column('bigint', { name: 'alert_id', nullable: true, transformer: bigintAsNumber })
  alertId: number | null;

  /** The same for all episodes of that alert. */
  @Column('uuid', { name: 'alert_identity', nullable: true })
  alertIdentity: string | null;

  @Column('bigint', { name: 'incident_id', nullable: true, transformer: bigintAsNumber })
  incidentId: number | null;

  /** Why it belongs to its incident, in words. */
  @Column('text', { name: 'incident_reason', nullable: true })
  incidentReason: string | null;

  /** The silence or maintenance window that covers it; it stays open all the same. */
  @Column('jsonb', { name: 'suppressed_by', nullable: true })
  suppressedBy: Suppressor | null;

  /** The cause of which it is a symptom; it stays open all the same. */
  @Column('jsonb', { name: 'inhibited_by', nullable: true })
  inhibitedBy: Inhibitor | null;

  /** Hidden by DELETE; history and references stay. */
  @Column({ type: 'timestamptz', name: 'deleted_at', precision: 3, nullable: true })
  deletedAt: Date | null;
}
