import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One attempt of a delivery, and what came of it. One whose process died left no row. */
@Entity('notification_attempts')
export class DeliveryAttempt {
  @PrimaryColumn('uuid', { name: 'delivery_id' })
  deliveryId: string;

  @PrimaryColumn('integer')
  number: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  at: Date;

  @Column('integer', { name: 'duration_ms' })
  durationMs: number;

  /** What the endpoint answered; null where it did not. */
  @Column('integer', { nullable: true })
  status: number | null;

  @Column('text', { nullable: true })
  error: string | null;
}
