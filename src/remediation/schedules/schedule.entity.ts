import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { ActionType } from '../actions/action-type';
import type { Priority } from '../actions/priority';
import type { MissedPolicy } from './due-slot';

/** A runbook or an action that is proposed again and again, by the clock of a time zone. */
@Entity('remediation_schedules')
export class RemediationSchedule {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  name: string;

  @Column('boolean', { name: 'is_enabled', default: true })
  isEnabled: boolean;

  @Column('text')
  cron: string;

  @Column('text', { name: 'time_zone' })
  timeZone: string;

  @Column('text', { name: 'missed_slots', default: 'skip' })
  missedSlots: MissedPolicy;

  /** The maintenance windows in which it is silent. */
  @Column('jsonb', { name: 'blackout_window_ids', default: [] })
  blackoutWindowIds: readonly number[];

  /** Either this or the action type with its target. */
  @Column('bigint', { name: 'runbook_id', nullable: true, transformer: bigintAsNumber })
  runbookId: number | null;

  @Column('text', { name: 'action_type', nullable: true })
  actionType: ActionType | null;

  @Column('bigint', { name: 'target_id', nullable: true, transformer: bigintAsNumber })
  targetId: number | null;

  /** Those of the runbook, or of the action. */
  @Column('jsonb', { default: {} })
  parameters: Readonly<Record<string, unknown>>;

  @Column('text', { default: 'medium' })
  priority: Priority;

  /** The slot that is dealt with next. */
  @Column({ type: 'timestamptz', name: 'next_slot', precision: 3 })
  nextSlot: Date;

  /** The person who last said what it does: who may not approve it. */
  @Column('bigint', { name: 'stated_by_user_id', nullable: true, transformer: bigintAsNumber })
  statedByUserId: number | null;

  @Column('integer', { default: 1 })
  version: number;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
