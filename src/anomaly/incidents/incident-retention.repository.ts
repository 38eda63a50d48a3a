import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { ForeignReferences } from '../../database/foreign-references';
import { PurgedBatch, WalkPosition } from '../../database/retention-classes';

interface Place extends Record<string, unknown> {
  readonly id: number;
  /** To the last digit, as the next statement takes it back. */
  readonly at: string;
}

const LOCK_OVER = {
  name: 'incident_retention_lock',
  text: `SELECT id, resolved_at::text AS at FROM incidents
         WHERE status = 'resolved' AND resolved_at < now() - make_interval(days => $1) AND (resolved_at, id) > ($2::timestamptz, $3::bigint)
         ORDER BY resolved_at, id LIMIT $4 FOR UPDATE SKIP LOCKED`,
};

const OLDEST_OVER = {
  name: 'incident_retention_oldest',
  text: `SELECT min(resolved_at) AS at FROM incidents WHERE status = 'resolved'`,
};

/** Deleting incidents that have had their time, in two statements a batch, as anomalies are. */
@Injectable()
export class IncidentRetentionRepository {
  constructor(
    private readonly database: Database,
    private readonly references: ForeignReferences,
  ) {}

  /** Incidents resolved so many days ago that no anomaly refers to any more, with their history; in a transaction. */
  async purge(days: number, limit: number, after: WalkPosition | null): Promise<PurgedBatch> {
    const places = await this.database.query<Place>(LOCK_OVER, [days, ...(after ?? ['-infinity', 0]), limit]);
    const isFree = await this.references.absent('incidents', 'i', ['incident_history']);
    const [{ deleted }] = await this.database.execute<{ deleted: number }>(
      `WITH gone AS (DELETE FROM incidents AS i WHERE i.id = ANY ($1) AND ${isFree} RETURNING i.id),
       lines AS (DELETE FROM incident_history USING gone WHERE incident_id = gone.id)
       SELECT count(*) AS deleted FROM gone`,
      [places.map(({ id }) => id)],
    );
    const last = places.at(-1);
    return { deleted, next: last === undefined || places.length < limit ? null : [last.at, last.id] };
  }

  /** When the incident that has been over for longest was resolved. */
  async oldestOver(): Promise<Date | null> {
    return (await this.database.query<{ at: Date | null }>(OLDEST_OVER))[0].at;
  }
}
