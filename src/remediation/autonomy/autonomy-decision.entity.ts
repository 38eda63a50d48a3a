import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { ActionType } from '../actions/action-type';
import type { Level, Mode } from './level';
import type { Granter } from './unattended';

/** Whether it began by itself, or was left to people. */
export const DECISION_OUTCOMES = ['begun', 'left'] as const;
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];

/** What a decision was made on. */
export interface DecisionBasis {
  readonly severity: string;
  readonly confidence: number;
  /** Percent; null where it was not asked for, or nobody knew it. */
  readonly load: number | null;
  readonly wins: number;
  /** The actions whose evidence counted most recently, the latest first. */
  readonly evidence: readonly number[];
}

/** Whether the product let one of its own proposals begin by itself, and why. */
@Entity('autonomy_decisions')
export class AutonomyDecision {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  at: Date;

  @Column('bigint', { name: 'action_id', transformer: bigintAsNumber })
  actionId: number;

  @Column('bigint', { name: 'anomaly_id', transformer: bigintAsNumber })
  anomalyId: number;

  @Column('text', { name: 'action_type' })
  actionType: ActionType;

  @Column('text')
  remedy: string;

  @Column('text', { name: 'anomaly_class' })
  anomalyClass: string;

  @Column('text', { name: 'target_group' })
  targetGroup: string;

  /** Of the settings. */
  @Column('text')
  mode: Mode;

  /** The autonomy policy that was chosen in adaptive mode. */
  @Column('bigint', { name: 'policy_id', nullable: true, transformer: bigintAsNumber })
  policyId: number | null;

  @Column('text', { name: 'cell_level' })
  cellLevel: Level;

  /** The effective one. */
  @Column('text')
  level: Level;

  @Column('text')
  outcome: DecisionOutcome;

  /** Whose yes let it begin. */
  @Column('text', { name: 'granted_by', nullable: true })
  grantedBy: Granter | null;

  @Column('text')
  reason: string;

  @Column('jsonb')
  facts: DecisionBasis;

  /** The latest evidence of the cell that was seen; 0 where there was none. */
  @Column('bigint', { name: 'evidence_id', transformer: bigintAsNumber })
  evidenceId: number;
}
