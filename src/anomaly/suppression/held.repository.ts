import { Injectable } from '@nestjs/common';

import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import type { FoundTrouble } from '../metric-anomaly';
import type { Severity } from '../severity';
import type { Suppressor } from './suppression';

/** An alert that fired while it was kept quiet. */
export interface HeldAlert {
  readonly alertId: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly heldBy: Suppressor;
  readonly heldAt: Date;
}

/** A detection that opened while its series was kept quiet, as it was last told; null where the version before held it. */
export interface HeldFinding extends Pick<HeldAlert, 'heldBy' | 'heldAt'> {
  readonly seriesId: number;
  readonly found: FoundTrouble | null;
}

/** One of which we know what it is. */
export type ToldFinding = HeldFinding & { readonly found: FoundTrouble };

/** What may be held: an alert, or what detection found on a series. */
export const HELD_KINDS = ['alert', 'detection'] as const;
export type HeldKind = (typeof HELD_KINDS)[number];

/** A row of the list of what is held; title and severity are null where its labels say all that there is. */
export interface HeldRow extends Pick<HeldAlert, 'labels' | 'heldBy' | 'heldAt'> {
  readonly kind: HeldKind;
  readonly id: number;
  readonly title: string | null;
  readonly severity: Severity | null;
}

const ALL_HELD = `(
  SELECT 'alert' AS kind, alert_id AS id, labels, held_by, held_at, NULL AS title, NULL AS severity FROM held_alerts
  UNION ALL
  SELECT 'detection', series_id, coalesce(found #> '{anomaly,labels}', '{}'), held_by, held_at,
    coalesce(found #>> '{anomaly,title}', 'series ' || series_id), coalesce(found #>> '{anomaly,severity}', 'medium') FROM held_findings
) AS held WHERE $1::text IS NULL OR kind = $1`;
const LIST_ALL = {
  name: 'held_list_all',
  text: `SELECT kind, id, labels, held_by AS "heldBy", held_at AS "heldAt", title, severity FROM ${ALL_HELD}
         ORDER BY held_at DESC, kind, id DESC LIMIT $2 OFFSET $3`,
};
const COUNT_ALL = { name: 'held_count_all', text: `SELECT count(*) AS total FROM ${ALL_HELD}` };

const HOLD = {
  name: 'held_alerts_hold',
  text: `INSERT INTO held_alerts (alert_id, labels, held_by)
         SELECT alert_id, labels, held_by FROM jsonb_to_recordset($1) AS row(alert_id bigint, labels jsonb, held_by jsonb)
         ON CONFLICT ON CONSTRAINT held_alerts_pk DO NOTHING`,
};
const LIST_AFTER = {
  name: 'held_alerts_list_after',
  text: `SELECT alert_id AS "alertId", labels, held_by AS "heldBy", held_at AS "heldAt" FROM held_alerts WHERE alert_id > $1 ORDER BY alert_id LIMIT $2`,
};
const LIST_LABELS = {
  name: 'held_alerts_list_labels',
  text: `SELECT labels FROM held_alerts ORDER BY alert_id`,
};
const TAKE = {
  name: 'held_alerts_take',
  text: `DELETE FROM held_alerts WHERE alert_id = ANY($1::bigint[]) RETURNING alert_id AS "alertId", labels, held_by AS "heldBy", held_at AS "heldAt"`,
};

const FINDING = `series_id AS "seriesId", held_by AS "heldBy", held_at AS "heldAt", found`;
const HOLD_FINDING = {
  name: 'held_findings_hold',
  text: `INSERT INTO held_findings (series_id, held_by, found) VALUES ($1, $2, $3) ON CONFLICT ON CONSTRAINT held_findings_pk DO NOTHING`,
};
const RENEW_FINDING = {
  name: 'held_findings_renew',
  text: `UPDATE held_findings SET found = $2 WHERE series_id = $1`,
};
const LOCK_FINDING = {
  name: 'held_findings_lock',
  text: `SELECT ${FINDING} FROM held_findings WHERE series_id = $1 FOR UPDATE`,
};
const LIST_FINDINGS_AFTER = {
  name: 'held_findings_list_after',
  text: `SELECT ${FINDING} FROM held_findings WHERE series_id > $1 AND found IS NOT NULL ORDER BY series_id LIMIT $2`,
};
const TAKE_FINDINGS = {
  name: 'held_findings_take',
  text: `DELETE FROM held_findings WHERE series_id = ANY($1::bigint[]) RETURNING ${FINDING}`,
};

/** The SQL of what is kept quiet and goes on. */
@Injectable()
export class HeldRepository {
  constructor(private readonly database: Database) {}

  async hold(alerts: readonly Pick<HeldAlert, 'alertId' | 'labels' | 'heldBy'>[]): Promise<void> {
    const rows = alerts.map(({ alertId, labels, heldBy }) => ({
      alert_id: alertId,
      labels,
      held_by: heldBy,
    }));
    await this.database.query(HOLD, [JSON.stringify(rows)]);
  }

  /** A page of what is held, the latest first, with the number of all. */
  async list(kind: HeldKind | null, { page, perPage }: PageRequest): Promise<[HeldRow[], number]> {
    const rows = await this.database.query<HeldRow>(LIST_ALL, [kind, perPage, (page - 1) * perPage]);
    const [{ total }] = await this.database.query<{ total: number }>(COUNT_ALL, [kind]);
    return [rows, total];
  }

  /** Held alerts above an id, in the order of their ids. */
  listAfter(alertId: number, limit: number): Promise<HeldAlert[]> {
    return this.database.query<HeldAlert>(LIST_AFTER, [alertId, limit]);
  }

  /** The labels of all held alerts. */
  async listLabels(): Promise<HeldAlert['labels'][]> {
    const rows = await this.database.query<Pick<HeldAlert, 'labels'>>(LIST_LABELS);
    return rows.map(({ labels }) => labels);
  }

  /** Lets go of alerts, and says which of them were held: whoever gets one back is the only one to deal with it. */
  take(alertIds: readonly number[]): Promise<HeldAlert[]> {
    return this.database.query<HeldAlert>(TAKE, [alertIds]);
  }

  async holdFinding(heldBy: Suppressor, found: FoundTrouble): Promise<void> {
    const { seriesId } = found.anomaly.metric;
    await this.database.query(HOLD_FINDING, [seriesId, JSON.stringify(heldBy), JSON.stringify(found)]);
  }

  /** Replaces what is told of a held detection. */
  async renewFinding(found: FoundTrouble): Promise<void> {
    await this.database.query(RENEW_FINDING, [found.anomaly.metric.seriesId, JSON.stringify(found)]);
  }

  /** What is held of a series, locked until the transaction ends. */
  async lockFinding(seriesId: number): Promise<HeldFinding | null> {
    const [row] = await this.database.query<HeldFinding>(LOCK_FINDING, [seriesId]);
    return row === undefined ? null : { ...row, found: revived(row.found) };
  }

  /** Held detections of series above an id of which we know what they are, in the order of their series. */
  async listFindingsAfter(seriesId: number, limit: number): Promise<ToldFinding[]> {
    const rows = await this.database.query<ToldFinding>(LIST_FINDINGS_AFTER, [seriesId, limit]);
    return rows.map((row) => ({ ...row, found: revived(row.found) }));
  }

  /** Lets go of detections, and says which of them were held: whoever gets one back is the only one to deal with it. */
  async takeFindings(seriesIds: readonly number[]): Promise<HeldFinding[]> {
    const rows = await this.database.query<HeldFinding>(TAKE_FINDINGS, [seriesIds]);
    return rows.map((row) => ({ ...row, found: revived(row.found) }));
  }
}

/** As it was before it became JSON, which has no times. */
function revived<Found extends FoundTrouble | null>(found: Found): Found {
  if (found === null) return found;
  const { metric } = found.anomaly;
  const times = { onsetAt: new Date(metric.onsetAt), lastSeenAt: new Date(metric.lastSeenAt) };
  return { ...found, anomaly: { ...found.anomaly, metric: { ...metric, ...times } } };
}
