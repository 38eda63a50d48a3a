import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Weekday } from '../../common/time/recurrence';
import { bigintAsNumber } from '../../database/bigint-column';
import type { LabelCondition } from '../../telemetry/telemetry.types';

/** A time of planned work: what it accepts keeps quiet. Once (starts_at to ends_at) or every week (the four after them). */
@Entity('maintenance_windows')
export class MaintenanceWindow {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  name: string;

  @Column('jsonb')
  matchers: readonly LabelCondition[];

  @Column({ type: 'timestamptz', name: 'starts_at', precision: 3, nullable: true })
  startsAt: Date | null;

  @Column({ type: 'timestamptz', name: 'ends_at', precision: 3, nullable: true })
  endsAt: Date | null;

  @Column('jsonb', { nullable: true })
  weekdays: readonly Weekday[] | null;

  /** `22:30`, by the clock of the time zone. */
  @Column('text', { name: 'start_time', nullable: true })
  startTime: string | null;

  @Column('integer', { name: 'duration_minutes', nullable: true })
  durationMinutes: number | null;

  @Column('text', { name: 'time_zone', nullable: true })
  timeZone: string | null;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
