import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { Labels } from '../metrics/labels';
import type { AlertStatus } from './alert-lifecycle';

/** One episode of an alert: from its firing to its resolution. */
@Entity('alerts')
export class Alert {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  /** Half of the SHA-256 of the labels. */
  @Column('uuid')
  identity: string;

  /** As Prometheus and Alertmanager compute it; shown to clients, and no identity of ours. */
  @Column('text')
  fingerprint: string;

  /** The latest episode of its alert; the next signal meets it. */
  @Column('boolean', { name: 'is_current', default: true })
  isCurrent: boolean;

  @Column('text')
  status: AlertStatus;

  @Column('jsonb')
  labels: Labels;

  /** As told last. */
  @Column('jsonb')
  annotations: Labels;

  @Column('text')
  source: string;

  @Column('bigint', { name: 'integration_id', nullable: true, transformer: bigintAsNumber })
  integrationId: number | null;

  /** As the senders say; the earliest of what they say. */
  @Column({ type: 'timestamptz', name: 'starts_at', precision: 3 })
  startsAt: Date;

  /** When it is over unless it is told again; null where only its sender can end it. */
  @Column({ type: 'timestamptz', name: 'ends_at', precision: 3, nullable: true })
  endsAt: Date | null;

  @Column({ type: 'timestamptz', name: 'resolved_at', precision: 3, nullable: true })
  resolvedAt: Date | null;

  /** Nobody said that it is over, but nobody told it again either. */
  @Column('boolean', { name: 'is_timed_out', default: false })
  isTimedOut: boolean;

  @Column('text', { name: 'generator_url', nullable: true })
  generatorUrl: string | null;

  @Column('jsonb', { nullable: true })
  values: Readonly<Record<string, number>> | null;

  @Column('bigint', { name: 'told_count', default: 1, transformer: bigintAsNumber })
  toldCount: number;

  @Column({ type: 'timestamptz', name: 'received_at', precision: 3, default: () => 'now()' })
  receivedAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
