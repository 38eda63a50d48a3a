import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import type { Anomaly } from '../anomaly.entity';
import { ANOMALY_COLUMNS } from '../anomaly.repository';
import type { AlertEvidence } from '../anomaly.types';

const FIND_ACTIVE_OF_ALERT = {
  name: 'anomaly_find_active_of_alert',
  text: `SELECT ${ANOMALY_COLUMNS} FROM anomalies WHERE alert_identity = $1 AND status IN ('open', 'acknowledged') AND deleted_at IS NULL FOR UPDATE`,
};

const FIND_ALERT_IDS = {
  name: 'anomaly_find_alert_ids',
  text: `SELECT alert_id AS "alertId" FROM anomalies WHERE alert_id = ANY($1::bigint[])`,
};

const LOCK_ACTIVE_OF_ALERTS = {
  name: 'anomaly_lock_active_of_alerts',
  text: `SELECT ${ANOMALY_COLUMNS} FROM anomalies WHERE alert_id = ANY($1::bigint[]) AND status IN ('open', 'acknowledged') AND deleted_at IS NULL
         ORDER BY id FOR UPDATE`,
};

const ADOPT = {
  name: 'anomaly_adopt_alerts',
  text: `UPDATE anomalies SET alert_id = row.id
         FROM jsonb_to_recordset($1) AS row(id bigint, identity uuid)
         WHERE alert_identity = row.identity AND status IN ('open', 'acknowledged') AND deleted_at IS NULL
         RETURNING ${ANOMALY_COLUMNS.replace('id,', 'anomalies.id,')}`,
};

/** The SQL of the anomalies of alerts. */
@Injectable()
export class AlertAnomalyRepository {
  constructor(private readonly database: Database) {}

  /** The open or acknowledged anomaly of an alert, of whichever episode, locked. */
  async findActive(identity: string): Promise<Anomaly | null> {
    return (await this.database.query<Anomaly>(FIND_ACTIVE_OF_ALERT, [identity]))[0] ?? null;
  }

  /** Those of these episodes that have an anomaly, hidden ones included. */
  async findAlertIds(alertIds: readonly number[]): Promise<number[]> {
    const rows = await this.database.query<{ alertId: number }>(FIND_ALERT_IDS, [alertIds]);
    return rows.map(({ alertId }) => alertId);
  }

  /** The open or acknowledged anomalies of these episodes, locked in one order. */
  lockActive(alertIds: readonly number[]): Promise<Anomaly[]> {
    return this.database.query<Anomaly>(LOCK_ACTIVE_OF_ALERTS, [alertIds]);
  }

  /** Gives alerts that fire again to the anomalies that are still active for them (somebody reopened them); returns those. */
  adopt(alerts: readonly Pick<AlertEvidence, 'id' | 'identity'>[]): Promise<Anomaly[]> {
    const rows = alerts.map(({ id, identity }) => ({ id, identity }));
    return this.database.query<Anomaly>(ADOPT, [JSON.stringify(rows)]);
  }
}
