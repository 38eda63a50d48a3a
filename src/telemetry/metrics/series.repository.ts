import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { Series, SeriesBehaviour, SeriesType } from '../telemetry.types';
import type { Labels } from './labels';
import { SeriesEntity } from './series.entity';
import { SeriesDeletion } from './series-deletion.entity';
import type { IndexedPart } from './series-selection';

/** A series about to be registered. */
export interface NewSeries {
  readonly fingerprint: Buffer;
  readonly name: string;
  readonly labels: Labels;
  readonly type: SeriesType;
  readonly behaviour: SeriesBehaviour;
}

const REGISTER = {
  name: 'series_register',
  // A series that another process registers at the same moment is no conflict: both read the same id afterwards.
  text: `INSERT INTO series (fingerprint, name, labels, type, behaviour)
         SELECT decode(fingerprint, 'hex'), name, labels, type, behaviour
         FROM jsonb_to_recordset($1) AS row(fingerprint text, name text, labels jsonb, type text, behaviour text)
         ORDER BY fingerprint
         ON CONFLICT ON CONSTRAINT series_fingerprint DO NOTHING`,
};
const DELETED = {
  name: 'series_deleted',
  text: `SELECT series_id FROM series_deletions WHERE deleted_at > now() - make_interval(secs => $1)`,
};
const PURGE_DELETIONS = {
  name: 'series_purge_deletions',
  text: `DELETE FROM series_deletions WHERE series_id IN (
           SELECT series_id FROM series_deletions WHERE deleted_at < now() - interval '1 day'
           ORDER BY deleted_at LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING 1`,
};
const OLDEST_DELETION = {
  name: 'series_oldest_deletion',
  text: 'SELECT min(deleted_at) AS at FROM series_deletions',
};
const FIND_IDS = {
  name: 'series_find_ids',
  text: `SELECT id, encode(fingerprint, 'hex') AS fingerprint FROM series WHERE fingerprint = ANY($1)`,
};

/** The SQL of series. */
@Injectable()
export class SeriesRepository {
  constructor(
    @InjectRepository(SeriesEntity) private readonly rows: Repository<SeriesEntity>,
    @InjectRepository(SeriesDeletion) private readonly deletions: Repository<SeriesDeletion>,
    private readonly database: Database,
  ) {}

  /** Registers series that are not known yet; returns the id of each by its fingerprint in hex. */
  async register(series: readonly NewSeries[]): Promise<Map<string, number>> {
    const rows = series.map((row) => ({ ...row, fingerprint: row.fingerprint.toString('hex') }));
    await this.database.query(REGISTER, [JSON.stringify(rows)]);
    return this.findIds(series);
  }

  /** The ids of those of these series that are registered, by fingerprint in hex. */
  async findIds(series: readonly Pick<NewSeries, 'fingerprint'>[]): Promise<Map<string, number>> {
    const found = await this.database.query<{ id: number; fingerprint: string }>(FIND_IDS, [
      series.map(({ fingerprint }) => fingerprint),
    ]);
    return new Map(found.map(({ id, fingerprint }) => [fingerprint, id]));
  }

  find(id: number): Promise<Series | null> {
    return this.database.bind(this.rows).findOneBy({ id });
  }

  findMany(ids: readonly number[]): Promise<Series[]> {
    return this.database.execute<SeriesEntity>(
      `SELECT id, name, labels, type, behaviour, created_at AS "createdAt" FROM series WHERE id = ANY($1)`,
      [ids],
    );
  }

  /** Series with this name and all these labels, in no order, `limit` at most. */
  select({ name, labels }: IndexedPart, limit: number): Promise<Series[]> {
    const conditions: string[] = [];
    const values: unknown[] = [limit];
    if (name !== undefined) conditions.push(`name = $${values.push(name)}`);
    if (Object.keys(labels).length > 0)
      conditions.push(`labels @> $${values.push(JSON.stringify(labels))}::jsonb`);
    return this.database.execute<SeriesEntity>(
      `SELECT id, name, labels, type, behaviour, created_at AS "createdAt" FROM series
       ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`} LIMIT $1`,
      values,
    );
  }

  /** Series by name, labels and part of the name; newest first. */
  list(
    filter: { name?: string; search?: string; labels?: Labels },
    { page, perPage }: PageRequest,
  ): Promise<[Series[], number]> {
    const query = this.database
      .bind(this.rows)
      .createQueryBuilder('series')
      .orderBy('series.id', 'DESC')
      .take(perPage)
      .skip((page - 1) * perPage);
    if (filter.name !== undefined) query.andWhere('series.name = :name', { name: filter.name });
    if (filter.search !== undefined)
      query.andWhere('strpos(lower(series.name), lower(:search)) > 0', { search: filter.search });
    if (filter.labels !== undefined)
      query.andWhere('series.labels @> :labels', { labels: JSON.stringify(filter.labels) });
    return query.getManyAndCount();
  }

  /** Deletes a series and leaves word of it for the processes that remember its id. */
  async delete(id: number): Promise<void> {
    await this.database.bind(this.rows).delete({ id });
    await this.database.bind(this.deletions).insert({ seriesId: id });
  }

  /** Series deleted in the last seconds before now, as far back as asked; word that committed late is heard by the overlap. */
  async listDeleted(withinSeconds: number): Promise<number[]> {
    const rows = await this.database.query<{ series_id: number }>(DELETED, [withinSeconds]);
    return rows.map(({ series_id }) => series_id);
  }

  /** Forgets some of the word that is older than a day; returns how much. */
  async purgeDeletions(limit: number): Promise<number> {
    return (await this.database.query(PURGE_DELETIONS, [limit])).length;
  }

  async oldestDeletion(): Promise<Date | null> {
    return (await this.database.query<{ at: Date | null }>(OLDEST_DELETION))[0].at;
  }
}
