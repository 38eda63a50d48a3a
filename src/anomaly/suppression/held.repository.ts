import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import type { Suppressor } from './suppression';

/** An alert that fired while it was kept quiet. */
export interface HeldAlert {
  readonly alertId: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly heldBy: Suppressor;
  readonly heldAt: Date;
}

/** A detection that opened while its series was kept quiet. */
export type HeldFinding = Pick<HeldAlert, 'heldBy' | 'heldAt'>;

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
const HOLD_FINDING = {
  name: 'held_findings_hold',
  text: `INSERT INTO held_findings (series_id, held_by) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT held_findings_pk DO NOTHING`,
};
const FIND_FINDING = {
  name: 'held_findings_find',
  text: `SELECT held_by AS "heldBy", held_at AS "heldAt" FROM held_findings WHERE series_id = $1`,
};
const DROP_FINDING = { name: 'held_findings_drop', text: `DELETE FROM held_findings WHERE series_id = $1` };

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

  async holdFinding(seriesId: number, heldBy: Suppressor): Promise<void> {
    await this.database.query(HOLD_FINDING, [seriesId, JSON.stringify(heldBy)]);
  }

  async findFinding(seriesId: number): Promise<HeldFinding | null> {
    return (await this.database.query<HeldFinding>(FIND_FINDING, [seriesId]))[0] ?? null;
  }

  async dropFinding(seriesId: number): Promise<void> {
    await this.database.query(DROP_FINDING, [seriesId]);
  }
}
