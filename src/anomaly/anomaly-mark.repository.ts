import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import type { Inhibitor } from './inhibition/inhibition';
import type { Severity } from './severity';
import type { Suppressor } from './suppression/suppression';

/** An active anomaly with labels, and what it is marked with. */
export interface MarkedAnomaly {
  readonly id: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: Severity;
  readonly suppressedBy: Suppressor | null;
  readonly inhibitedBy: Inhibitor | null;
}

const MARKS = ['suppressed_by', 'inhibited_by'] as const;
export type MarkKind = (typeof MARKS)[number];

const LIST = {
  name: 'anomaly_list_marked',
  text: `SELECT id, labels, severity, suppressed_by AS "suppressedBy", inhibited_by AS "inhibitedBy" FROM anomalies
         WHERE labels IS NOT NULL AND status IN ('open', 'acknowledged') AND deleted_at IS NULL
           AND (inhibited_by IS NOT NULL OR NOT $1) ORDER BY id`,
};

const SET = Object.fromEntries(
  MARKS.map((mark) => [
    mark,
    {
      name: `anomaly_mark_${mark}`,
      // Locked in one order; one that was closed meanwhile stays as it was.
      text: `WITH wanted AS (
               SELECT id, NULLIF(by, 'null'::jsonb) AS by FROM jsonb_to_recordset($1) AS row(id bigint, by jsonb)
             ), locked AS (
               SELECT anomalies.id, wanted.by FROM anomalies JOIN wanted USING (id)
               WHERE status IN ('open', 'acknowledged') AND deleted_at IS NULL ORDER BY id FOR UPDATE OF anomalies
             ), marked AS (
               UPDATE anomalies SET ${mark} = locked.by FROM locked WHERE anomalies.id = locked.id
               RETURNING anomalies.id, status, locked.by, suppressed_by IS NULL AND inhibited_by IS NULL AS is_free
             ), told AS (
               INSERT INTO anomaly_history (anomaly_id, event, actor_kind, actor_name, from_status, to_status, changes)
               SELECT id, 'updated', 'system', 'system', status, status, jsonb_build_object('${mark}', by) FROM marked ORDER BY id
             )
             SELECT id FROM marked WHERE is_free ORDER BY id`,
    },
  ]),
) as Record<MarkKind, { name: string; text: string }>;

const POSITION = {
  name: 'anomaly_mark_position',
  text: `SELECT concat_ws(' ', (SELECT max(id) FROM anomaly_history),
           (SELECT count(*) || ' ' || max(updated_at) FROM inhibition_rules),
           (SELECT count(*) || ' ' || max(stated_at) FROM service_dependencies)) AS position`,
};

/** The SQL of marking active anomalies with what keeps them quiet. */
@Injectable()
export class AnomalyMarkRepository {
  constructor(private readonly database: Database) {}

  /** Active anomalies with labels, in the order of their ids; all, or those that are inhibited. */
  listActive(isInhibitedOnly: boolean): Promise<MarkedAnomaly[]> {
    return this.database.query<MarkedAnomaly>(LIST, [isInhibitedOnly]);
  }

  /** Sets a mark and says so in the history; returns those that nothing keeps quiet any more. */
  async set(
    mark: MarkKind,
    anomalies: readonly { readonly id: number; readonly by: object | null }[],
  ): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>(SET[mark], [JSON.stringify(anomalies)]);
    return rows.map(({ id }) => id);
  }

  /** A text that changes with whatever may change which anomaly inhibits which. */
  async position(): Promise<string> {
    return (await this.database.query<{ position: string }>(POSITION))[0].position;
  }
}
