import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

/** Something that must tell that it lives: a backup, a cron job, the whole chain of alerting. Its silence is an alert. */
@Entity('heartbeats')
export class Heartbeat {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  name: string;

  @Column('integer', { name: 'interval_seconds' })
  intervalSeconds: number;

  /** How much later than the interval a beat may come. */
  @Column('integer', { name: 'grace_seconds' })
  graceSeconds: number;

  /** Of the alert. */
  @Column('text')
  severity: string;

  /** Of the alert, besides its name. */
  @Column('jsonb', { default: {} })
  labels: Record<string, string>;

  @Column('boolean', { name: 'is_enabled', default: true })
  isEnabled: boolean;

  /** When waiting began: at the last beat, or when the monitor was made or switched on. */
  @Column({ type: 'timestamptz', name: 'waiting_since', precision: 3, default: () => 'now()' })
  waitingSince: Date;

  @Column({ type: 'timestamptz', name: 'last_beat_at', precision: 3, nullable: true })
  lastBeatAt: Date | null;

  /** Since when its alert fires; null while all is well. */
  @Column({ type: 'timestamptz', name: 'missed_at', precision: 3, nullable: true })
  missedAt: Date | null;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
