import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { JsonObject } from '../execution/json';
import type { TargetKind } from './target-kind';

/** What can be acted on: where it is, what may be done there, and for which anomalies it is. */
@Entity('remediation_targets')
export class RemediationTarget {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  name: string;

  @Column('text')
  kind: TargetKind;

  @Column('text', { nullable: true })
  description: string | null;

  @Column('boolean', { name: 'is_enabled', default: true })
  isEnabled: boolean;

  /** An anomaly that has all of them is one of this target's; without any it is for none. */
  @Column('jsonb', { default: {} })
  labels: Record<string, string>;

  @Column('text', { nullable: true })
  group: string | null;

  /** Nothing is ever done to it by the product. */
  @Column('boolean', { name: 'is_protected', default: false })
  isProtected: boolean;

  /** As its kind reads them. */
  @Column('jsonb')
  settings: JsonObject;

  @Column('integer', { name: 'cooldown_seconds', nullable: true })
  cooldownSeconds: number | null;

  @Column('integer', { name: 'hourly_budget', nullable: true })
  hourlyBudget: number | null;

  /** Grows with every change. */
  @Column('integer', { default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'checked_at', precision: 3, nullable: true })
  checkedAt: Date | null;

  /** Why the last check failed; null where it did not. */
  @Column('text', { name: 'check_error', nullable: true })
  checkError: string | null;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
