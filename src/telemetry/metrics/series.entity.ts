import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { SeriesBehaviour, SeriesType } from '../telemetry.types';

@Entity('series')
export class SeriesEntity {
  @PrimaryColumn('integer', { generated: 'identity' })
  id: number;

  /** The first 16 bytes of the SHA-256 of the canonical name and labels. */
  @Column('bytea')
  fingerprint: Buffer;

  @Column('text')
  name: string;

  @Column('jsonb')
  labels: Record<string, string>;

  /** The family's type, as its source states it. */
  @Column('text')
  type: SeriesType;

  @Column('text')
  behaviour: SeriesBehaviour;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
