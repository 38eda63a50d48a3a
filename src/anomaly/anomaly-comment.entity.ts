import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../database/bigint-column';

@Entity('anomaly_comments')
export class AnomalyComment {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('bigint', { name: 'anomaly_id', transformer: bigintAsNumber })
  anomalyId: number;

  @Column('text')
  body: string;

  @Column('bigint', { name: 'author_id', nullable: true, transformer: bigintAsNumber })
  authorId: number | null;

  @Column('text', { name: 'author_name' })
  authorName: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
