import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

/** A change as it was told. */
@Entity('change_events')
export class ChangeEventEntity {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  source: string;

  @Column('text', { nullable: true })
  service: string | null;

  @Column('text')
  summary: string;

  @Column({ type: 'timestamptz', name: 'changed_at', precision: 3 })
  changedAt: Date;

  /** How long its sender says that it takes to settle; null where that is left to us. */
  @Column('integer', { name: 'settle_seconds', nullable: true })
  settleSeconds: number | null;

  @Column('jsonb')
  details: Record<string, unknown>;

  @Column('bigint', { name: 'integration_id', nullable: true, transformer: bigintAsNumber })
  integrationId: number | null;

  /** Null where the sender gives nothing by which to know a delivery again. */
  @Column('bytea', { name: 'event_hash', nullable: true })
  eventHash: Buffer | null;

  @Column({ type: 'timestamptz', name: 'received_at', precision: 3, default: () => 'now()' })
  receivedAt: Date;
}
