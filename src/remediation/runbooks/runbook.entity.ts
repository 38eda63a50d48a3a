import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

/** A runbook as a name and a line of versions; what it says stands in them. */
@Entity('runbooks')
export class Runbook {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  /** That of its latest version. */
  @Column('text')
  name: string;

  /** The latest; also what a caller's `version` is held against. */
  @Column('integer', { default: 1 })
  version: number;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column('text', { name: 'retired_by', nullable: true })
  retiredBy: string | null;

  /** Chosen no more; what ran stays readable. */
  @Column({ type: 'timestamptz', name: 'retired_at', precision: 3, nullable: true })
  retiredAt: Date | null;
}
