import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

/** An import of a CSV file, and how far it has come. */
@Entity('sample_imports')
export class SampleImport {
  @PrimaryColumn('integer', { generated: 'identity' })
  id: number;

  @Column('integer', { name: 'series_id' })
  seriesId: number;

  @Column('text', { default: 'running' })
  status: 'running' | 'completed' | 'failed';

  @Column('bigint', { default: 0, transformer: bigintAsNumber })
  rows: number;

  /** Rows without a value: gaps in the series. */
  @Column('bigint', { name: 'missing_rows', default: 0, transformer: bigintAsNumber })
  missingRows: number;

  @Column('bigint', { default: 0, transformer: bigintAsNumber })
  bytes: number;

  /** As the sender announced; null where it did not. */
  @Column('bigint', { name: 'total_bytes', nullable: true, transformer: bigintAsNumber })
  totalBytes: number | null;

  @Column('text', { nullable: true })
  error: string | null;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'finished_at', precision: 3, nullable: true })
  finishedAt: Date | null;
}
