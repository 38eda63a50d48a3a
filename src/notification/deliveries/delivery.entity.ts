import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { MessageType, Notice } from '../notices/notice';

/** `gathering` waits for company; `grouped` was told by a digest. */
export const DELIVERY_STATES = ['gathering', 'waiting', 'sending', 'delivered', 'failed', 'grouped'] as const;
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
  type: MessageType;

  /** The bytes that every attempt sends. */
  @Column('text')
  body: string;

  /** What a digest says of it, while it gathers. */
  @Column('jsonb', { nullable: true })
  notice: Notice | null;

  @Column('text', { name: 'group_key', nullable: true })
  groupKey: string | null;

  /** The delivery of the digest that told it. */
  @Column('uuid', { name: 'digest_id', nullable: true })
  digestId: string | null;

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

  /** Why the last attempt failed, or whom a mail did not reach. */
  @Column('text', { nullable: true })
  error: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt: Date | null;
}
