import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Severity } from '../../anomaly/anomaly.types';
import type { Recurrence } from '../../common/time/recurrence';
import { bigintAsNumber } from '../../database/bigint-column';
import type { ActionType } from '../actions/action-type';
import type { Level } from './level';

/** When the product may do how much by itself, in adaptive mode. */
@Entity('autonomy_policies')
export class AutonomyPolicy {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  name: string;

  @Column('integer')
  priority: number;

  @Column('boolean', { name: 'is_enabled', default: true })
  isEnabled: boolean;

  @Column('text')
  mode: Level;

  @Column('text', { array: true })
  severities: Severity[];

  @Column('double precision', { name: 'min_confidence' })
  minConfidence: number;

  /** Percent of the processors; null where it does not count. */
  @Column('double precision', { name: 'max_load', nullable: true })
  maxLoad: number | null;

  /** Null: at any time. */
  @Column('jsonb', { name: 'time_window', nullable: true })
  timeWindow: Recurrence | null;

  @Column('text', { name: 'action_types', array: true })
  actionTypes: ActionType[];

  @Column('text', { name: 'target_groups', array: true })
  targetGroups: string[];

  @Column('integer', { default: 1 })
  version: number;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
