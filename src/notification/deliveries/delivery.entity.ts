import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { Notice } from '../notices/notice';

export const DELIVERY_STATES = ['waiting', 'sending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One notice on its way to one endpoint. */
@Entity('notification_deliveries')
export class Delivery {
  /** Also the `webhook-id` that the receiver sees, over all attempts and replays. */
  @PrimaryColumn('uuid', { default: () => 'gen_random_uuid()' })
  id: string;

  @Column('bigint', { name: 'endpoint_id', transformer: bigintAsNumber })
  endpointId: number;

  /** What is told, so that nobody is told it twice. */
  @Column('text', { name: 'notice_key' })
  noticeKey: string;

  @Column('text')
  type: Notice['type'];

  /** The bytes that every attempt sends. */
  @Column('text')
  body: string;

  @Column('text', { default: 'waiting' })
  state: DeliveryState;

  @Column('integer', { default: 0 })
  attempts: number;

  /** Attempts since it was made or replayed; the waits between them grow with these. */
  @Column('integer', { name: 'attempts_in_row', default: 0 })
  attemptsInRow: number;

  @Column({ type: 'timestamptz', name: 'due_at', precision: 3 })
  dueAt: Date;

  @Column({ type: 'timestamptz', name: 'give_up_at', precision: 3 })
  giveUpAt: Date;

  @Column('bigint', { nullable: true, transformer: bigintAsNumber })
  fence: number | null;

  @Column('text', { nullable: true })
  worker: string | null;

  @Column({ type: 'timestamptz', name: 'lease_until', precision: 3, nullable: true })
  leaseUntil: Date | null;

  /** Why the last attempt failed. */
  @Column('text', { nullable: true })
  error: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt: Date | null;
}
