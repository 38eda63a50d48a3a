import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Word of a deleted series, for the processes that remember its id. */
@Entity('series_deletions')
export class SeriesDeletion {
  @PrimaryColumn('integer', { name: 'series_id' })
  seriesId: number;

  @Column('timestamptz', { name: 'deleted_at', default: () => 'clock_timestamp()' })
  deletedAt: Date;
}
