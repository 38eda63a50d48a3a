import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

/** One time of a calendar, worked out: what the claim looks at. */
@Entity('remediation_freeze_periods')
export class FreezePeriod {
  @PrimaryColumn('bigint', { name: 'calendar_id', transformer: bigintAsNumber })
  calendarId: number;

  @PrimaryColumn({ type: 'timestamptz', name: 'starts_at', precision: 3 })
  startsAt: Date;

  /** The first instant after it. */
  @Column({ type: 'timestamptz', name: 'ends_at', precision: 3 })
  endsAt: Date;
}
