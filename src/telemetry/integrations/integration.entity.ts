import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { IntegrationKind } from './integration-kind';

/** A sender that somebody has plugged in: what it shows to get in, how it is read, and how it is doing. */
@Entity('integrations')
export class Integration {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  name: string;

  @Column('text')
  kind: IntegrationKind;

  @Column('boolean', { name: 'is_enabled', default: true })
  isEnabled: boolean;

  /** The API key that its sender shows; null where the protocol has a routing key instead. */
  @Column('bigint', { name: 'api_key_id', nullable: true, transformer: bigintAsNumber })
  apiKeyId: number | null;

  @Column('bytea', { name: 'routing_key_hash', nullable: true })
  routingKeyHash: Buffer | null;

  /** What its sender signs with, sealed. */
  @Column('bytea', { name: 'hmac_secret', nullable: true })
  hmacSecret: Buffer | null;

  /** The parts of an `EventMapping` that differ from the default. */
  @Column('jsonb', { default: {} })
  mapping: Record<string, unknown>;

  @Column('integer', { name: 'events_per_5_minutes', default: 300 })
  eventsPer5Minutes: number;

  @Column('bigint', { name: 'event_count', default: 0, transformer: bigintAsNumber })
  eventCount: number;

  @Column('bigint', { name: 'error_count', default: 0, transformer: bigintAsNumber })
  errorCount: number;

  @Column({ type: 'timestamptz', name: 'last_event_at', precision: 3, nullable: true })
  lastEventAt: Date | null;

  @Column({ type: 'timestamptz', name: 'last_error_at', precision: 3, nullable: true })
  lastErrorAt: Date | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError: string | null;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
