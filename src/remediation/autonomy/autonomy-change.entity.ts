import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { ActionType } from '../actions/action-type';
import type { Level } from './level';

/** A cell came to another level with a piece of evidence: told once. What its level is, the evidence alone says. */
@Entity('autonomy_changes')
export class AutonomyChange {
  @PrimaryColumn('bigint', { name: 'evidence_id', transformer: bigintAsNumber })
  evidenceId: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  at: Date;

  @Column('text', { name: 'action_type' })
  actionType: ActionType;

  @Column('text')
  remedy: string;

  @Column('text', { name: 'anomaly_class' })
  anomalyClass: string;

  @Column('text', { name: 'target_group' })
  targetGroup: string;

  @Column('text', { name: 'from_level' })
  fromLevel: Level;

  @Column('text', { name: 'to_level' })
  toLevel: Level;

  @Column('boolean', { name: 'is_promotion' })
  isPromotion: boolean;
}
