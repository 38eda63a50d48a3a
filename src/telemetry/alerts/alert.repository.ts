import { Injectable } from '@nestjs/common';

import { TelemetryConfig } from '../../config/sections';
import { Database } from '../../database/database';
import type { Labels } from '../metrics/labels';
import type { Alert } from './alert.entity';
import type { IncomingAlert } from './alert-group';
import type { AlertStatus } from './alert-lifecycle';

/** A row as the statements below give it: the entity's members under their own names. */
export const ALERT_COLUMNS = `alert.id, identity, fingerprint, is_current AS "isCurrent", status, labels, annotations, source,
  integration_id AS "integrationId", starts_at AS "startsAt", ends_at AS "endsAt", resolved_at AS "resolvedAt", is_timed_out AS "isTimedOut",
  generator_url AS "generatorUrl", "values", told_count AS "toldCount", received_at AS "receivedAt", updated_at AS "updatedAt"`;

/** The members of a new episode. */
const EPISODE = `identity, fingerprint, status, labels, annotations, source, integration_id, starts_at, ends_at, resolved_at, generator_url, "values", told_count`;

const STORE = {
  name: 'alert_store',
  // One statement: each signal meets the current episode of its alert under the lock of its row (`meet` in alert-lifecycle.ts), in one order
  // for all, so that no two statements wait for each other. What changed a state is appended for the readers.
  text: `WITH told AS (
           SELECT row.*, to_timestamp(starts_ms / 1000.0) AS said_start, to_timestamp(ends_ms / 1000.0) AS said_end
           FROM jsonb_to_recordset($1) AS row(identity uuid, fingerprint text, status text, labels jsonb, annotations jsonb, source text,
             integration_id bigint, starts_ms double precision, ends_ms double precision, is_repeating boolean, generator_url text,
             "values" jsonb, told_count bigint)
         ), judged AS (
           SELECT *, (status = 'resolved' OR COALESCE(said_end <= now(), false)) AS is_over,
             COALESCE(said_start, LEAST(said_end, now())) AS starts_at,
             COALESCE(said_end, CASE WHEN is_repeating THEN now() + make_interval(secs => $2) END) AS planned_end
           FROM told
         ), episode AS (
           SELECT identity, fingerprint, CASE WHEN is_over THEN 'resolved' ELSE 'firing' END AS status, labels, annotations, source,
             integration_id, starts_at, CASE WHEN NOT is_over THEN planned_end END AS ends_at,
             CASE WHEN is_over THEN GREATEST(LEAST(said_end, now()), starts_at) END AS resolved_at, generator_url, "values", told_count
           FROM judged
           -- An end of which nothing else is known is worth a row only where it ends something.
           WHERE NOT is_over OR said_start IS NOT NULL OR said_end IS NOT NULL
             OR EXISTS (SELECT FROM alerts WHERE alerts.identity = judged.identity AND is_current)
         ), met AS (
           INSERT INTO alerts AS alert (${EPISODE})
           SELECT ${EPISODE} FROM episode ORDER BY identity
           ON CONFLICT (identity) WHERE is_current DO UPDATE SET
             -- One that is over gives way to the next, inserted below.
             is_current = alert.status = 'firing',
             status = CASE alert.status WHEN 'firing' THEN excluded.status ELSE alert.status END,
             resolved_at = CASE alert.status WHEN 'firing' THEN GREATEST(excluded.resolved_at, CASE excluded.status WHEN 'resolved' THEN alert.starts_at END)
               ELSE alert.resolved_at END,
             starts_at = CASE alert.status WHEN 'firing' THEN LEAST(alert.starts_at, excluded.starts_at) ELSE alert.starts_at END,
             ends_at = CASE WHEN alert.status = 'resolved' OR excluded.status = 'resolved' THEN alert.ends_at
               WHEN alert.ends_at IS NOT NULL AND excluded.ends_at IS NOT NULL THEN GREATEST(alert.ends_at, excluded.ends_at) END,
             annotations = CASE WHEN alert.status = 'resolved' OR excluded.annotations = '{}' THEN alert.annotations ELSE excluded.annotations END,
             generator_url = CASE alert.status WHEN 'firing' THEN COALESCE(excluded.generator_url, alert.generator_url) ELSE alert.generator_url END,
             "values" = CASE alert.status WHEN 'firing' THEN COALESCE(excluded."values", alert."values") ELSE alert."values" END,
             told_count = alert.told_count + CASE alert.status WHEN 'firing' THEN excluded.told_count ELSE 0 END,
             updated_at = CASE alert.status WHEN 'firing' THEN now() ELSE alert.updated_at END,
             changed_in = CASE WHEN alert.status = 'firing' AND excluded.status = 'resolved' THEN pg_current_xact_id() ELSE alert.changed_in END
           WHERE CASE
             WHEN alert.status = 'firing' THEN excluded.status = 'firing'
               OR NOT (excluded.resolved_at < alert.starts_at AND excluded.starts_at < excluded.resolved_at)
             WHEN excluded.status = 'firing' THEN excluded.ends_at IS NOT NULL OR alert.is_timed_out OR excluded.starts_at > alert.starts_at
             ELSE excluded.starts_at > alert.resolved_at AND excluded.starts_at < excluded.resolved_at END
           RETURNING alert.id, alert.identity, alert.status, alert.is_current, alert.changed_in = pg_current_xact_id() AS is_changed
         ), begun AS (
           INSERT INTO alerts (${EPISODE})
           SELECT ${EPISODE} FROM episode WHERE identity IN (SELECT identity FROM met WHERE NOT is_current) ORDER BY identity
           RETURNING id, status
         )
         INSERT INTO alert_changes (alert_id, kind)
         SELECT id, CASE status WHEN 'firing' THEN 'fired' ELSE 'resolved' END
         FROM (SELECT id, status FROM met WHERE is_current AND is_changed UNION ALL SELECT id, status FROM begun) AS changed
         ORDER BY id
         RETURNING id`,
};

const EXPIRE = {
  name: 'alert_expire',
  text: `WITH due AS (
           SELECT id FROM alerts WHERE status = 'firing' AND ends_at <= now() ORDER BY identity LIMIT $1 FOR UPDATE SKIP LOCKED
         ), over AS (
           UPDATE alerts SET status = 'resolved', resolved_at = GREATEST(ends_at, starts_at), is_timed_out = true, updated_at = now(),
             changed_in = pg_current_xact_id()
           FROM due WHERE alerts.id = due.id RETURNING alerts.id
         ), changed AS (
           INSERT INTO alert_changes (alert_id, kind) SELECT id, 'resolved' FROM over ORDER BY id RETURNING id
         )
         SELECT count(*) AS count FROM changed`,
};

const FIND = { name: 'alert_find', text: `SELECT ${ALERT_COLUMNS} FROM alerts AS alert WHERE id = $1` };

const FIRING = {
  name: 'alert_firing',
  // By the database's clock, also in the second before the expiry has come by.
  text: `SELECT ${ALERT_COLUMNS} FROM alerts AS alert WHERE status = 'firing' AND (ends_at IS NULL OR ends_at > now()) AND labels @> $1 ORDER BY id LIMIT $2`,
};

const FIND_FIRING = {
  name: 'alert_find_firing',
  text: `SELECT ${ALERT_COLUMNS} FROM alerts AS alert WHERE id = ANY($1::bigint[]) AND status = 'firing' AND (ends_at IS NULL OR ends_at > now()) ORDER BY id`,
};

const COUNT_FIRING = {
  name: 'alert_count_firing',
  text: `SELECT source, count(*) AS count FROM alerts WHERE status = 'firing' GROUP BY source`,
};

/** Where a total stops counting. */
const COUNT_CAP = 10_000;

/** What a list of alerts is narrowed to. */
export interface AlertFilter {
  readonly status?: AlertStatus;
  readonly labels?: Labels;
  /** Part of the alert's name, in any case. */
  readonly search?: string;
}

/** The SQL of alerts. */
@Injectable()
export class AlertRepository {
  constructor(
    private readonly database: Database,
    private readonly config: TelemetryConfig,
  ) {}

  /** Stores signals of different alerts, whole or not at all, and what they change; returns how many changes that were. */
  async store(alerts: readonly IncomingAlert[]): Promise<number> {
    const rows = alerts.map(({ identity, fingerprint, signal, origin, toldCount }) => ({
      identity,
      fingerprint,
      status: signal.status,
      labels: signal.labels,
      annotations: signal.annotations,
      source: origin.source,
      integration_id: origin.integrationId,
      starts_ms: signal.startsAtMs,
      ends_ms: signal.endsAtMs,
      is_repeating: origin.isRepeating ?? false,
      generator_url: signal.generatorUrl,
      values: signal.values,
      told_count: toldCount,
    }));
    const values = [JSON.stringify(rows), this.config.alertResolveTimeoutSeconds];
    return (await this.database.query(STORE, values)).length;
  }

  /** Resolves alerts whose planned end has passed, at most so many; returns how many they were. */
  async expire(limit: number): Promise<number> {
    const [{ count }] = await this.database.query<{ count: number }>(EXPIRE, [limit]);
    return count;
  }

  async find(id: number): Promise<Alert | null> {
    return (await this.database.query<Alert>(FIND, [id]))[0] ?? null;
  }

  /** Those of these alerts that fire now. */
  findFiring(ids: readonly number[]): Promise<Alert[]> {
    return this.database.query<Alert>(FIND_FIRING, [ids]);
  }

  /** Alerts that fire now and have these labels, oldest first. */
  listFiring(labels: Labels, limit: number): Promise<Alert[]> {
    return this.database.query<Alert>(FIRING, [JSON.stringify(labels), limit]);
  }

  /** Alerts, newest first: those below an id, or from a place on. */
  list(filter: AlertFilter, limit: number, from: { belowId?: number; offset?: number }): Promise<Alert[]> {
    const { text, values } = condition(filter, from.belowId);
    return this.database.execute<Alert>(
      `SELECT ${ALERT_COLUMNS} FROM alerts AS alert WHERE ${text} ORDER BY id DESC LIMIT ${limit} OFFSET ${from.offset ?? 0}`,
      values,
    );
  }

  /** How many fire, by who told of them. */
  countFiring(): Promise<{ source: string; count: number }[]> {
    return this.database.query(COUNT_FIRING);
  }

  /** How many a filter selects, counted up to a cap. */
  async count(filter: AlertFilter): Promise<{ total: number; capped: boolean }> {
    const { text, values } = condition(filter);
    const [{ count }] = await this.database.execute<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT FROM alerts AS alert WHERE ${text} LIMIT ${COUNT_CAP + 1}) AS counted`,
      values,
    );
    return { total: Math.min(count, COUNT_CAP), capped: count > COUNT_CAP };
  }
}

function condition(filter: AlertFilter, belowId?: number): { text: string; values: unknown[] } {
  const parts: [string, unknown][] = [];
  if (filter.status !== undefined) parts.push(['status = ?', filter.status]);
  if (filter.labels !== undefined) parts.push(['labels @> ?', JSON.stringify(filter.labels)]);
  if (filter.search !== undefined)
    parts.push([`(labels ->> 'alertname') ILIKE ?`, `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`]);
  if (belowId !== undefined) parts.push(['id < ?', belowId]);
  return {
    text: parts.map(([text], index) => text.replace('?', `$${index + 1}`)).join(' AND ') || 'true',
    values: parts.map(([, value]) => value),
  };
}
