import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Severity } from '../../anomaly/anomaly.types';
import type { Recurrence } from '../../common/time/recurrence';
import { bigintAsNumber } from '../../database/bigint-column';
import type { LabelCondition } from '../../telemetry/telemetry.types';
import type { DigestSetting } from '../digests/digest';
import type { EndpointKind } from '../notices/message';
import type { NoticeType } from '../notices/notice';

/** Who gets the mails of an endpoint. */
export interface MailSetting {
  readonly recipients: readonly string[];
  /** Null where SMTP_FROM is the sender. */
  readonly from: string | null;
}

/** Who is told: where, of what, and when not. */
@Entity('notification_endpoints')
export class NotificationEndpoint {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  name: string;

  @Column('text')
  kind: EndpointKind;

  /** Scheme, host and port; the whole URL is a secret, since its path often is the key. Of mail, its recipients. */
  @Column('text')
  destination: string;

  /** Of kind email only. */
  @Column('jsonb', { nullable: true })
  mail: MailSetting | null;

  @Column('boolean', { name: 'is_enabled', default: true })
  isEnabled: boolean;

  /** Why the product itself switched it off. */
  @Column('text', { name: 'disabled_reason', nullable: true })
  disabledReason: string | null;

  @Column('jsonb')
  events: NoticeType[];

  @Column('text', { name: 'minimum_severity', default: 'low' })
  minimumSeverity: Severity;

  /** Of the labels of the anomaly that a notice is about; all must hold. */
  @Column('jsonb', { default: [] })
  matchers: LabelCondition[];

  @Column('jsonb', { name: 'quiet_hours', nullable: true })
  quietHours: Recurrence | null;

  /** How notices wait for company; null where each is told by itself. */
  @Column('jsonb', { nullable: true })
  digest: DigestSetting | null;

  /** How often what goes on and nobody has taken on is told again. */
  @Column('integer', { name: 'repeat_interval_seconds', nullable: true })
  repeatIntervalSeconds: number | null;

  /** Attempts that failed since the last that did not. */
  @Column('integer', { default: 0 })
  failures: number;

  /** Until when the breaker leaves it alone. */
  @Column({ type: 'timestamptz', name: 'paused_until', precision: 3, nullable: true })
  pausedUntil: Date | null;

  /** Grows with every change by people. */
  @Column('integer', { default: 1 })
  version: number;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
