import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../database/bigint-column';

/**
 * Who did what when to an anomaly. Its table has one column more, `xact` (a type that TypeORM does not know), by which the live
 * stream reads it in commit order.
 */
@Entity('anomaly_history')
export class AnomalyHistoryEntry {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('bigint', { name: 'anomaly_id', transformer: bigintAsNumber })
  anomalyId: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  at: Date;

  /** opened, updated, acknowledged, resolved, dismissed, reopened, commented, deleted. */
  @Column('text')
  event: string;

  @Column('text', { name: 'actor_kind' })
  actorKind: string;

  @Column('bigint', { name: 'actor_id', nullable: true, transformer: bigintAsNumber })
  actorId: number | null;

  @Column('text', { name: 'actor_name' })
  actorName: string;

  @Column('text', { name: 'from_status', nullable: true })
  fromStatus: string | null;

  @Column('text', { name: 'to_status' })
  toStatus: string;

  /** The edited members with their new values. */
  @Column('jsonb', { nullable: true })
  changes: object | null;
}
