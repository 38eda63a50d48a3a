import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { ForeignReferences } from '../database/foreign-references';
import { PurgedBatch, WalkPosition } from '../database/retention-classes';

/** A row of a walk: where it stands. */
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

const LOCK_LINES = {
  name: 'anomaly_retention_lock_history',
  text: `SELECT id, at::text AS at FROM anomaly_history
         WHERE at < now() - make_interval(days => $1) AND (at, id) > ($2::timestamptz, $3::bigint)
         ORDER BY at, id LIMIT $4 FOR UPDATE SKIP LOCKED`,
};

const OLDEST_OVER = {
  name: 'anomaly_retention_oldest',
  text: `SELECT min(updated_at) AS at FROM anomalies WHERE ${IS_OVER}`,
};
const OLDEST_LINE = {
  name: 'anomaly_retention_oldest_history',
  text: 'SELECT min(at) AS at FROM anomaly_history',
};

const FRONT: WalkPosition = ['-infinity', 0];

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
    const places = await this.database.query<Place>(LOCK_OVER, [days, ...(after ?? FRONT), limit]);
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
    return { deleted, next: nextPosition(places, limit) };
  }

  /** Lines of history older than so many days, with the comments that they tell of, unless somebody still has to care; in a transaction. */
  async purgeHistory(days: number, limit: number, after: WalkPosition | null): Promise<PurgedBatch> {
    const places = await this.database.query<Place>(LOCK_LINES, [days, ...(after ?? FRONT), limit]);
    const isFree = await this.references.absent('anomaly_history', 'h', []);
    const [{ deleted }] = await this.database.execute<{ deleted: number }>(
      `WITH gone AS (
         DELETE FROM anomaly_history AS h USING anomalies WHERE h.id = ANY ($1) AND anomalies.id = h.anomaly_id AND ${IS_OVER} AND ${isFree}
         RETURNING h.event, h.changes
       ), comments AS (
         DELETE FROM anomaly_comments WHERE id IN (SELECT (changes ->> 'comment_id')::bigint FROM gone WHERE event = 'commented')
       )
       SELECT count(*) AS deleted FROM gone`,
      [places.map(({ id }) => id)],
    );
    return { deleted, next: nextPosition(places, limit) };
  }

  /** The last change of the anomaly that has been over for longest. */
  async oldestOver(): Promise<Date | null> {
    return (await this.database.query<{ at: Date | null }>(OLDEST_OVER))[0].at;
  }

  async oldestLine(): Promise<Date | null> {
    return (await this.database.query<{ at: Date | null }>(OLDEST_LINE))[0].at;
  }
}

/** Rows that stay are passed, not looked at again in the same run. */
function nextPosition(places: readonly Place[], limit: number): WalkPosition | null {
  if (places.length < limit) return null;
  const { at, id } = places[places.length - 1];
  return [at, id];
}
