import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Severity } from '../../anomaly/anomaly.types';
import { bigintAsNumber } from '../../database/bigint-column';
import type { LabelCondition } from '../../telemetry/telemetry.types';
import type { ActionType } from '../actions/action-type';
import type { Priority } from '../actions/priority';
import type { VerificationTerms } from '../verification/verification-terms';
import type { Issue } from './engine';
import type { Parameters } from './parameter-schema';

/** Which anomalies call for which runbook or action. */
@Entity('remediation_rules')
export class RemediationRule {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  name: string;

  /** Rules are looked at from the lowest on; among equals the older one comes first. */
  @Column('integer')
  position: number;

  @Column('boolean', { name: 'is_enabled', default: true })
  isEnabled: boolean;

  /** Whether those after it are looked at where it matches. */
  @Column('boolean', { default: false })
  continues: boolean;

  @Column('text', { name: 'min_severity', default: 'low' })
  minSeverity: Severity;

  @Column('text', { name: 'max_severity', default: 'critical' })
  maxSeverity: Severity;

  /** Empty: any. */
  @Column('jsonb', { default: [] })
  sources: readonly string[];

  @Column('jsonb', { default: [] })
  matchers: readonly LabelCondition[];

  /** A glob of the metric's name; null: any, and none. */
  @Column('text', { nullable: true })
  series: string | null;

  /** One of them is enough; empty: whatever the metrics say. */
  @Column('jsonb', { default: [] })
  issues: readonly Issue[];

  /** Either this or the action type. */
  @Column('bigint', { name: 'runbook_id', nullable: true, transformer: bigintAsNumber })
  runbookId: number | null;

  @Column('text', { name: 'action_type', nullable: true })
  actionType: ActionType | null;

  /** Those of the runbook, or of the action. */
  @Column('jsonb', { default: {} })
  parameters: Parameters;

  @Column('text', { default: 'medium' })
  priority: Priority;

  /** How long it is not chosen again for the same target; null leaves it to the limits that hold for everything. */
  @Column('integer', { name: 'cooldown_seconds', nullable: true })
  cooldownSeconds: number | null;

  /** What shows that what it asks for has helped; null leaves that to the catalogue and the anomaly. */
  @Column('jsonb', { nullable: true })
  verify: VerificationTerms | null;

  @Column('integer', { default: 1 })
  version: number;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
