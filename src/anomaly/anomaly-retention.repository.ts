import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { ForeignReferences } from '../database/foreign-references';
import { PurgedBatch, WalkPosition } from '../database/retention-classes';

/** A row of the walk over anomalies: where it stands. */
interface Place extends Record<string, unknown> {
  readonly id: number;
  /** To the last digit, as the next statement takes it back. */
  readonly at: string;
}

const IS_OVER = `(status IN ('resolved', 'dismissed') OR deleted_at IS NOT NULL)`;

const LOCK_OVER = {
  name: 'anomaly_retention_lock',
  text: `SELECT id, updated_at::text AS at FROM anomalies
         WHERE ${IS_OVER} AND updated_at < now() - make_interval(days => $1) AND (updated_at, id) > ($2::timestamptz, $3::bigint)
         ORDER BY updated_at, id LIMIT $4 FOR UPDATE SKIP LOCKED`,
};

// By their key, which follows their age: an index on that alone would cost every change of an anomaly.
const LOOK_AT_LINES = {
  name: 'anomaly_retention_look_at_history',
  text: `SELECT count(*) AS lines, max(id) AS last, coalesce(array_agg(id) FILTER (WHERE at < now() - make_interval(days => $1)), '{}') AS due
         FROM (SELECT id, at FROM anomaly_history WHERE id > $2 ORDER BY id LIMIT $3) AS looked_at`,
};

const LOCK_LINES = {
  name: 'anomaly_retention_lock_history',
  text: 'SELECT id FROM anomaly_history WHERE id = ANY ($1) ORDER BY id FOR UPDATE SKIP LOCKED',
};

const OLDEST_OVER = {
  name: 'anomaly_retention_oldest',
  text: `SELECT min(updated_at) AS at FROM anomalies WHERE ${IS_OVER}`,
};
const OLDEST_LINE = {
  name: 'anomaly_retention_oldest_history',
  text: 'SELECT at FROM anomaly_history ORDER BY id LIMIT 1',
};

/**
 * Deleting what has had its time, in two statements a batch: the first locks, so that from then on nobody can add a reference or
 * reopen; the second, which sees all that was committed before the locks, leaves what is referred to.
 */
@Injectable()
export class AnomalyRetentionRepository {
  constructor(
    private readonly database: Database,
    private readonly references: ForeignReferences,
  ) {}

  /** Anomalies that are over or hidden, nothing having happened for so many days, with their history and comments; in a transaction. */
  async purgeAnomalies(days: number, limit: number, after: WalkPosition | null): Promise<PurgedBatch> {
    const places = await this.database.query<Place>(LOCK_OVER, [days, ...(after ?? ['-infinity', 0]), limit]);
    const isFree = await this.references.absent('anomalies', 'a', ['anomaly_history', 'anomaly_comments']);
    const [{ deleted }] = await this.database.execute<{ deleted: number }>(
      `WITH gone AS (
         DELETE FROM anomalies AS a WHERE a.id = ANY ($1) AND ${isFree}
           AND NOT EXISTS (SELECT FROM anomaly_history WHERE anomaly_id = a.id AND at >= now() - make_interval(days => $2))
         RETURNING a.id
       ), lines AS (DELETE FROM anomaly_history USING gone WHERE anomaly_id = gone.id),
       comments AS (DELETE FROM anomaly_comments USING gone WHERE anomaly_id = gone.id)
       SELECT count(*) AS deleted FROM gone`,
      [places.map(({ id }) => id), days],
    );
    const last = places.at(-1);
    return { deleted, next: last === undefined || places.length < limit ? null : [last.at, last.id] };
  }

  /** Lines of history older than so many days, with the comments that they tell of, unless somebody still has to care; in a transaction. */
  async purgeHistory(days: number, limit: number, after: WalkPosition | null): Promise<PurgedBatch> {
    const [{ lines, last, due }] = await this.database.query<{
      lines: number;
      last: number | null;
      due: number[];
    }>(LOOK_AT_LINES, [days, ...(after ?? [0]), limit]);
    if (last === null || due.length === 0) return { deleted: 0, next: null };
    const locked = await this.database.query<{ id: number }>(LOCK_LINES, [due]);
    const isFree = await this.references.absent('anomaly_history', 'h', []);
    const [{ deleted }] = await this.database.execute<{ deleted: number }>(
      `WITH gone AS (
         DELETE FROM anomaly_history AS h USING anomalies WHERE h.id = ANY ($1) AND anomalies.id = h.anomaly_id AND ${IS_OVER} AND ${isFree}
         RETURNING h.event, h.changes
       ), comments AS (
         DELETE FROM anomaly_comments WHERE id IN (SELECT (changes ->> 'comment_id')::bigint FROM gone WHERE event = 'commented')
       )
       SELECT count(*) AS deleted FROM gone`,
      [locked.map(({ id }) => id)],
    );
    return { deleted, next: lines < limit ? null : [last] };
  }

  /** The last change of the anomaly that has been over for longest. */
  async oldestOver(): Promise<Date | null> {
    return (await this.database.query<{ at: Date | null }>(OLDEST_OVER))[0].at;
  }

  async oldestLine(): Promise<Date | null> {
    return (await this.database.query<{ at: Date }>(OLDEST_LINE))[0]?.at ?? null;
  }
}
