import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { FreezeEntry } from './freeze-entry';

/** Planned times in which remediation begins nothing, everywhere or in some groups of targets. */
@Entity('remediation_freeze_calendars')
export class FreezeCalendar {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  name: string;

  @Column('boolean', { name: 'is_enabled', default: true })
  isEnabled: boolean;

  @Column('text', { default: '' })
  reason: string;

  @Column('text', { name: 'time_zone' })
  timeZone: string;

  /** Empty: everything. */
  @Column('jsonb', { name: 'target_groups', default: [] })
  targetGroups: readonly string[];

  @Column('jsonb')
  entries: readonly FreezeEntry[];

  /** Its periods are worked out up to here; behind it everything is held. */
  @Column({ type: 'timestamptz', name: 'known_until', precision: 3 })
  knownUntil: Date;

  @Column('integer', { default: 1 })
  version: number;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
