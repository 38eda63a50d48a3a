import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { EventProtocol } from '../receivers/event-item';

/** An event of a known sender that cannot be taken: kept, so that nothing is lost where a mapping or a sender is mended. */
@Entity('quarantined_events')
export class QuarantinedEvent {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  protocol: EventProtocol;

  /** As in `EventSender`. */
  @Column('text')
  sender: string;

  @Column('bigint', { name: 'integration_id', nullable: true, transformer: bigintAsNumber })
  integrationId: number | null;

  @Column('bytea', { name: 'content_hash' })
  contentHash: Buffer;

  @Column('text', { name: 'media_type' })
  mediaType: string;

  @Column('jsonb')
  headers: Record<string, string>;

  @Column('bytea')
  body: Buffer;

  /** Whether the body was longer than what is kept; it cannot be read again then. */
  @Column('boolean', { name: 'is_cut' })
  isCut: boolean;

  @Column('text')
  reason: string;

  /** How often the same came. */
  @Column('bigint', { name: 'received_count', default: 1, transformer: bigintAsNumber })
  receivedCount: number;

  @Column({ type: 'timestamptz', name: 'received_at', precision: 3, default: () => 'now()' })
  receivedAt: Date;

  @Column({ type: 'timestamptz', name: 'last_received_at', precision: 3, default: () => 'now()' })
  lastReceivedAt: Date;
}
