import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../database/bigint-column';

/**
 * Who changed what, when, and on which request. Insert-only: triggers refuse everything else. Its table has one column more, `xact`
 * (a type that TypeORM does not know), by which the sealer reads it.
 */
@Entity('audit_log')
export class AuditEntry {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('timestamptz', { default: () => 'now()' })
  at: Date;

  @Column('text', { name: 'actor_kind' })
  actorKind: string;

  @Column('bigint', { name: 'actor_id', nullable: true, transformer: bigintAsNumber })
  actorId: number | null;

  @Column('text', { name: 'actor_name' })
  actorName: string;

  /** What was done, as `subject.verb` in the past: `anomaly.acknowledged`. */
  @Column('text')
  action: string;

  @Column('text', { name: 'subject_type' })
  subjectType: string;

  @Column('text', { name: 'subject_id', nullable: true })
  subjectId: string | null;

  /** The changed members before and after; never a secret. */
  @Column('jsonb', { nullable: true })
  before: object | null;

  @Column('jsonb', { nullable: true })
  after: object | null;

  @Column('text', { name: 'request_id', nullable: true })
  requestId: string | null;

  @Column('text', { nullable: true })
  address: string | null;
}
