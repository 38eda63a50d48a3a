import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { Severity } from '../severity';
import type { IncidentStatus } from './incident-lifecycle';

/** Anomalies that are one trouble. */
@Entity('incidents')
export class Incident {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  title: string;

  @Column('text', { default: 'open' })
  status: IncidentStatus;

  /** The highest of its members. */
  @Column('text')
  severity: Severity;

  /** Equal for incidents of the same group; see `grouping.ts`. */
  @Column('text', { name: 'group_key' })
  groupKey: string;

  /** What its members have in common. */
  @Column('jsonb', { name: 'group_labels' })
  groupLabels: Readonly<Record<string, string>>;

  /** How many anomalies have joined it. */
  @Column('bigint', { name: 'anomaly_count', transformer: bigintAsNumber })
  anomalyCount: number;

  @Column({ type: 'timestamptz', name: 'opened_at', precision: 3, default: () => 'now()' })
  openedAt: Date;

  /** When an anomaly last joined it or was reopened. */
  @Column({ type: 'timestamptz', name: 'last_activity_at', precision: 3, default: () => 'now()' })
  lastActivityAt: Date;

  @Column('text', { name: 'acknowledged_by', nullable: true })
  acknowledgedBy: string | null;

  @Column({ type: 'timestamptz', name: 'acknowledged_at', precision: 3, nullable: true })
  acknowledgedAt: Date | null;

  @Column('text', { name: 'resolved_by', nullable: true })
  resolvedBy: string | null;

  @Column({ type: 'timestamptz', name: 'resolved_at', precision: 3, nullable: true })
  resolvedAt: Date | null;

  /** The incident with which it turned out to be one, and in which its members are now. */
  @Column('bigint', { name: 'merged_into', nullable: true, transformer: bigintAsNumber })
  mergedInto: number | null;
}
