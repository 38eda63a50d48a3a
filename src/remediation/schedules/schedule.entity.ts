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

  /** Either this or the rule with its start. */
  @Column('text', { nullable: true })
  cron: string | null;

  /** As RFC 5545 writes it. */
  @Column('text', { nullable: true })
  rrule: string | null;

  /** The start of the rule, as the local clock shows it: `2026-01-31T02:30`. */
  @Column('text', { name: 'local_start', nullable: true })
  startsAt: string | null;

  /** Local days without slots, `2026-12-24`. */
  @Column('jsonb', { name: 'except_days', default: [] })
  except: readonly string[];

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

  /** The slot that is dealt with next; null where there is none any more. */
  @Column({ type: 'timestamptz', name: 'next_slot', precision: 3, nullable: true })
  nextSlot: Date | null;

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
