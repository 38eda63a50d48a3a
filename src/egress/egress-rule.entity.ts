import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { EgressScheme } from './egress-url';

/** One place that an admin lets the product call. */
@Entity('egress_rules')
export class EgressRuleEntity {
  @PrimaryColumn('integer', { generated: 'identity' })
  id: number;

  @Column('text')
  scheme: EgressScheme;

  @Column('text')
  host: string;

  @Column('integer')
  port: number;

  /** Whether the host may be in our own network or on this machine. */
  @Column('boolean', { name: 'allow_private', default: false })
  allowPrivate: boolean;

  @Column('text', { nullable: true })
  note: string | null;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
