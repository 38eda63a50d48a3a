import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

/** Who did what when to an incident. What joined it stands with its members. */
@Entity('incident_history')
export class IncidentHistoryEntry {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('bigint', { name: 'incident_id', transformer: bigintAsNumber })
  incidentId: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  at: Date;

  /** opened, acknowledged, resolved, reopened, merged, took_in. */
  @Column('text')
  event: string;

  @Column('text', { name: 'actor_kind' })
  actorKind: string;

  @Column('bigint', { name: 'actor_id', nullable: true, transformer: bigintAsNumber })
  actorId: number | null;

  @Column('text', { name: 'actor_name' })
  actorName: string;

  /** With which other incident it became one, and why. */
  @Column('jsonb', { nullable: true })
  details: object | null;
}
