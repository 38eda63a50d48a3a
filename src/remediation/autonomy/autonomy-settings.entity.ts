import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Level, Mode } from './level';

/** How much the product may do by itself at most, and what it takes to earn it: one row. */
@Entity('autonomy_settings')
export class AutonomySettings {
  @PrimaryColumn('boolean', { default: true })
  id: boolean;

  @Column('text', { default: 'manual' })
  mode: Mode;

  @Column('integer', { name: 'wins_for_semi_auto', default: 3 })
  winsForSemiAuto: number;

  @Column('integer', { name: 'wins_for_full_auto', default: 10 })
  winsForFullAuto: number;

  /** How many wins an action without effect costs its cell, and one that failed. */
  @Column('integer', { name: 'wins_lost', default: 2 })
  winsLost: number;

  /** The most that what is of high risk may reach, whatever it has earned. */
  @Column('text', { name: 'max_level_high_risk', default: 'semi_auto' })
  maxLevelHighRisk: Level;

  @Column('integer', { default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
