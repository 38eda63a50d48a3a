import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

export const FIRING_OUTCOMES = ['proposed', 'missed', 'blackout', 'overlap', 'failed'] as const;
export type FiringOutcome = (typeof FIRING_OUTCOMES)[number];

/** What became of one slot of a schedule: there is one row for each, whoever looks. */
@Entity('remediation_schedule_firings')
export class ScheduleFiring {
  @PrimaryColumn('bigint', { name: 'schedule_id', transformer: bigintAsNumber })
  scheduleId: number;

  @PrimaryColumn({ type: 'timestamptz', precision: 3 })
  slot: Date;

  @Column('text')
  outcome: FiringOutcome;

  @Column('text')
  reason: string;

  @Column('bigint', { name: 'action_id', nullable: true, transformer: bigintAsNumber })
  actionId: number | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  at: Date;
}
