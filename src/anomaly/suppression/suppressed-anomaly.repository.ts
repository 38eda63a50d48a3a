import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import type { Suppressor } from './suppression';

/** An active anomaly and what it is marked with. */
export interface MarkedAnomaly {
  readonly id: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly suppressedBy: Suppressor | null;
}

const LIST = {
  name: 'anomaly_list_suppressible',
  text: `SELECT id, labels, suppressed_by AS "suppressedBy" FROM anomalies
         WHERE id > $1 AND labels IS NOT NULL AND status IN ('open', 'acknowledged') AND deleted_at IS NULL ORDER BY id LIMIT $2`,
};
const MARK = {
  name: 'anomaly_mark_suppressed',
  // Locked in one order; one that was closed meanwhile stays as it was.
  text: `WITH wanted AS (
           SELECT id, NULLIF(suppressed_by, 'null'::jsonb) AS suppressed_by
           FROM jsonb_to_recordset($1) AS row(id bigint, suppressed_by jsonb)
         ), locked AS (
           SELECT anomalies.id, wanted.suppressed_by FROM anomalies JOIN wanted USING (id)
           WHERE status IN ('open', 'acknowledged') AND deleted_at IS NULL ORDER BY id FOR UPDATE OF anomalies
         ), marked AS (
           UPDATE anomalies SET suppressed_by = locked.suppressed_by FROM locked WHERE anomalies.id = locked.id
           RETURNING anomalies.id, status, anomalies.suppressed_by
         )
         INSERT INTO anomaly_history (anomaly_id, event, actor_kind, actor_name, from_status, to_status, changes)
         SELECT id, 'updated', 'system', 'system', status, status, jsonb_build_object('suppressed_by', suppressed_by) FROM marked ORDER BY id`,
};

/** The SQL of marking anomalies that a silence or a window covers. */
@Injectable()
export class SuppressedAnomalyRepository {
  constructor(private readonly database: Database) {}

  /** Active anomalies with labels above an id, in the order of their ids. */
  listAfter(id: number, limit: number): Promise<MarkedAnomaly[]> {
    return this.database.query<MarkedAnomaly>(LIST, [id, limit]);
  }

  /** Sets what suppresses anomalies, and says so in their history. */
  async mark(anomalies: readonly Pick<MarkedAnomaly, 'id' | 'suppressedBy'>[]): Promise<void> {
    const rows = anomalies.map(({ id, suppressedBy }) => ({ id, suppressed_by: suppressedBy }));
    await this.database.query(MARK, [JSON.stringify(rows)]);
  }
}
