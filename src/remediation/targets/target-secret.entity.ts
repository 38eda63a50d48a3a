import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

/** A credential of a target, sealed; a table of its own, so that reading targets never reads secrets. */
@Entity('remediation_target_secrets')
export class TargetSecret {
  @PrimaryColumn('bigint', { name: 'target_id', transformer: bigintAsNumber })
  targetId: number;

  @PrimaryColumn('text')
  name: string;

  @Column('bytea')
  sealed: Buffer;

  @Column('text', { name: 'set_by' })
  setBy: string;

  @Column({ type: 'timestamptz', name: 'set_at', precision: 3, default: () => 'now()' })
  setAt: Date;
}
