import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

/** A line of what happened to an action, with what its executors said. */
@Entity('remediation_log')
export class ActionLogEntry {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('bigint', { name: 'action_id', transformer: bigintAsNumber })
  actionId: number;

  @Column('uuid', { name: 'step_id', nullable: true })
  stepId: string | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  at: Date;

  @Column('text')
  event: string;

  @Column('text')
  message: string;

  @Column('text', { name: 'by_name' })
  byName: string;
}
