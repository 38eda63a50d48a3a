import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Repository } from 'typeorm';

import { recordingOf, Signature } from '../audit/audit.service';
import { Database } from '../database/database';
import { Anomaly } from './anomaly.entity';
import { MetricEvidence, NewAnomaly, Resolution } from './anomaly.types';
import { Status } from './anomaly-lifecycle';

/** A row as the statements below give it: the entity's members under their own names. */
export const ANOMALY_COLUMNS = `id, title, description, severity, severity_rank AS "severityRank", status, anomaly_score AS "anomalyScore", confidence, source,
  explanation, metrics_data AS "metricsData", version, created_at AS "createdAt", updated_at AS "updatedAt", created_by AS "createdBy",
  acknowledged_by AS "acknowledgedBy", acknowledged_at AS "acknowledgedAt", resolved_by AS "resolvedBy", resolved_at AS "resolvedAt",
  dismissed_by AS "dismissedBy", dismissed_at AS "dismissedAt", resolution, root_cause AS "rootCause", series_id AS "seriesId",
  onset_at AS "onsetAt", last_seen_at AS "lastSeenAt", metric, deleted_at AS "deletedAt",
  labels, alert_id AS "alertId", alert_identity AS "alertIdentity", incident_id AS "incidentId", incident_reason AS "incidentReason",
  suppressed_by AS "suppressedBy", inhibited_by AS "inhibitedBy"`;

const FIND = {
  name: 'anomaly_find',
  text: `SELECT ${ANOMALY_COLUMNS} FROM anomalies WHERE id = $1 AND deleted_at IS NULL`,
};
const LOCK = { name: 'anomaly_lock', text: `${FIND.text} FOR UPDATE` };

/** The members of a new anomaly, with their types. */
const NEW_ROW = {
  title: 'text',
  description: 'text',
  severity: 'text',
  status: 'text',
  anomaly_score: 'double precision',
  confidence: 'double precision',
  source: 'text',
  explanation: 'text',
  metrics_data: 'jsonb',
  series_id: 'bigint',
  onset_at: 'timestamptz',
  last_seen_at: 'timestamptz',
  metric: 'jsonb',
  labels: 'jsonb',
  alert_id: 'bigint',
  alert_identity: 'uuid',
  incident_id: 'bigint',
  incident_reason: 'text',
};
type NewRow = Record<keyof typeof NEW_ROW, unknown>;
const NEW_COLUMNS = Object.keys(NEW_ROW) as (keyof NewRow)[];

/** One statement: the anomalies, the first line of their history, and their audit rows. $1 to $5 are the audit's signature. */
function openingOf(rows: string): string {
  return `WITH opened AS (
            INSERT INTO anomalies (${NEW_COLUMNS.join(', ')}, created_by,
              acknowledged_by, acknowledged_at, resolved_by, resolved_at, dismissed_by, dismissed_at)
            SELECT ${NEW_COLUMNS.join(', ')}, $3,
              CASE status WHEN 'acknowledged' THEN $3 END, CASE status WHEN 'acknowledged' THEN now() END,
              CASE status WHEN 'resolved' THEN $3 END, CASE status WHEN 'resolved' THEN now() END,
              CASE status WHEN 'dismissed' THEN $3 END, CASE status WHEN 'dismissed' THEN now() END
            FROM ${rows}
            RETURNING *
          ), told AS (
            INSERT INTO anomaly_history (anomaly_id, event, actor_kind, actor_id, actor_name, to_status)
            SELECT id, 'opened', $1, $2, $3, status FROM opened
          ), recorded AS (
            ${recordingOf(`(
              SELECT 'anomaly.created' AS action, 'anomaly' AS subject_type, id::text AS subject_id, NULL::jsonb AS before,
                jsonb_build_object('title', title, 'severity', severity, 'status', status, 'source', source) AS after
              FROM opened) AS change`)}
          )
          SELECT ${ANOMALY_COLUMNS} FROM opened ORDER BY id`;
}

const OPEN = {
  name: 'anomaly_open',
  text: openingOf(
    `(SELECT ${NEW_COLUMNS.map((column, index) => `$${index + 6}::${NEW_ROW[column]} AS ${column}`).join(', ')}) AS row`,
  ),
};

const OPEN_MANY = {
  name: 'anomaly_open_many',
  // Rows carry their position: ids follow the order of the request, and so does the answer.
  text: openingOf(
    `jsonb_to_recordset($6) AS row(position integer, ${NEW_COLUMNS.map((column) => `${column} ${NEW_ROW[column]}`).join(', ')})
     ORDER BY position`,
  ),
};

/** The same verb to many, with its history and audit rows; they are locked. $1 to $5 are the signature. */
const MOVE_MANY = {
  name: 'anomaly_move_many',
  text: `WITH before AS (
           SELECT id, status FROM anomalies WHERE id = ANY($6::bigint[]) AND status <> $7::text AND status IN ('open', 'acknowledged') AND deleted_at IS NULL
         ), moved AS (
           UPDATE anomalies SET status = $7::text, resolution = COALESCE($8::text, resolution), root_cause = COALESCE($9::text, root_cause),
             acknowledged_by = CASE $7::text WHEN 'acknowledged' THEN $3 ELSE acknowledged_by END,
             acknowledged_at = CASE $7::text WHEN 'acknowledged' THEN now() ELSE acknowledged_at END,
             resolved_by = CASE $7::text WHEN 'resolved' THEN $3 ELSE resolved_by END,
             resolved_at = CASE $7::text WHEN 'resolved' THEN now() ELSE resolved_at END,
             updated_at = GREATEST(now(), updated_at), version = version + 1
           FROM before WHERE anomalies.id = before.id
           RETURNING anomalies.*, before.status AS from_status
         ), told AS (
           INSERT INTO anomaly_history (anomaly_id, event, actor_kind, actor_id, actor_name, from_status, to_status, changes)
           SELECT id, $7::text, $1, $2, $3, from_status, status,
             NULLIF(jsonb_strip_nulls(jsonb_build_object('resolution', $8::text, 'rootCause', $9::text)), '{}'::jsonb) FROM moved ORDER BY id
         ), recorded AS (
           ${recordingOf(`(
             SELECT 'anomaly.' || $7::text AS action, 'anomaly' AS subject_type, id::text AS subject_id, jsonb_build_object('status', from_status) AS before,
               jsonb_strip_nulls(jsonb_build_object('status', status, 'resolution', $8::text, 'rootCause', $9::text)) AS after
             FROM moved ORDER BY id) AS change`)}
         )
         SELECT ${ANOMALY_COLUMNS} FROM moved ORDER BY id`,
};

const SAVE = {
  name: 'anomaly_save',
  text: `UPDATE anomalies SET title = $2, description = $3, severity = $4, status = $5, anomaly_score = $6, confidence = $7, explanation = $8,
           acknowledged_by = $9, acknowledged_at = $10, resolved_by = $11, resolved_at = $12, dismissed_by = $13, dismissed_at = $14,
           resolution = $15, root_cause = $16, onset_at = $17, last_seen_at = $18, metric = $19, deleted_at = $20,
           updated_at = GREATEST(now(), updated_at), version = version + 1
         WHERE id = $1
         RETURNING ${ANOMALY_COLUMNS}`,
};

const EXTEND = {
  name: 'anomaly_extend',
  text: `UPDATE anomalies SET last_seen_at = GREATEST(last_seen_at, $2), anomaly_score = $3, confidence = $4, severity = $5, metric = $6 WHERE id = $1`,
};

const FIND_ACTIVE = {
  name: 'anomaly_find_active',
  text: `SELECT ${ANOMALY_COLUMNS} FROM anomalies WHERE series_id = $1 AND status IN ('open', 'acknowledged') AND deleted_at IS NULL FOR UPDATE`,
};

const LOCK_ACTIVE_OF_INCIDENT = {
  name: 'anomaly_lock_active_of_incident',
  text: `SELECT ${ANOMALY_COLUMNS} FROM anomalies WHERE incident_id = $1 AND status IN ('open', 'acknowledged') AND deleted_at IS NULL
         ORDER BY id FOR UPDATE`,
};

const FIND_LATEST_OF_SERIES = {
  name: 'anomaly_find_latest_of_series',
  text: `SELECT ${ANOMALY_COLUMNS} FROM anomalies WHERE series_id = $1 ORDER BY id DESC LIMIT 1 FOR UPDATE`,
};

/** The SQL of anomalies. */
@Injectable()
export class AnomalyRepository {
  constructor(
    @InjectRepository(Anomaly) private readonly rows: Repository<Anomaly>,
    private readonly database: Database,
  ) {}

  async find(id: number): Promise<Anomaly | null> {
    return (await this.database.read<Anomaly>(FIND, [id]))[0] ?? null;
  }

  /** The anomaly, locked until the transaction ends. */
  async lock(id: number): Promise<Anomaly | null> {
    return (await this.database.query<Anomaly>(LOCK, [id]))[0] ?? null;
  }

  /** The anomalies that exist among these ids, locked in one order, so that two bulk edits cannot deadlock. */
  lockMany(ids: readonly number[]): Promise<Anomaly[]> {
    return this.database.bind(this.rows).find({
      where: { id: In([...ids]), deletedAt: IsNull() },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** The anomalies that exist among these ids, hidden ones included. */
  findMany(ids: readonly number[]): Promise<Anomaly[]> {
    return this.database.bind(this.rows).findBy({ id: In([...ids]) });
  }

  /** Stores a new anomaly with its history and audit row in one statement. */
  async open(anomaly: NewAnomaly, signature: Signature): Promise<Anomaly> {
    const row = newRow(anomaly);
    const values = NEW_COLUMNS.map((column) => row[column]);
    return (await this.database.query<Anomaly>(OPEN, [...signature, ...values]))[0];
  }

  /** Stores new anomalies with their history and audit rows in one statement; all or none. */
  openMany(anomalies: readonly NewAnomaly[], signature: Signature): Promise<Anomaly[]> {
    const rows = anomalies.map((anomaly, position) => ({ position, ...newRow(anomaly) }));
    return this.database.query<Anomaly>(OPEN_MANY, [...signature, JSON.stringify(rows)]);
  }

  /** Writes an edited anomaly; a new version. */
  async save(anomaly: Anomaly): Promise<Anomaly> {
    const a = anomaly;
    const [saved] = await this.database.query<Anomaly>(SAVE, [
      a.id,
      a.title,
      a.description,
      a.severity,
      a.status,
      a.anomalyScore,
      a.confidence,
      a.explanation,
      a.acknowledgedBy,
      a.acknowledgedAt,
      a.resolvedBy,
      a.resolvedAt,
      a.dismissedBy,
      a.dismissedAt,
      a.resolution,
      a.rootCause,
      a.onsetAt,
      a.lastSeenAt,
      a.metric === null ? null : JSON.stringify(a.metric),
      a.deletedAt,
    ]);
    return saved;
  }

  /** Moves the last sighting on; no new version, since nobody decided anything. */
  async extend({ id, anomalyScore, confidence, severity, metric }: Anomaly, lastSeenAt: Date): Promise<void> {
    await this.database.query(EXTEND, [
      id,
      lastSeenAt,
      anomalyScore,
      confidence,
      severity,
      JSON.stringify(metric),
    ]);
  }

  /** The series' open or acknowledged anomaly, locked. */
  async findActive(seriesId: number): Promise<Anomaly | null> {
    return (await this.database.query<Anomaly>(FIND_ACTIVE, [seriesId]))[0] ?? null;
  }

  /** The open or acknowledged members of an incident, locked in one order. */
  lockActiveOfIncident(incidentId: number): Promise<Anomaly[]> {
    return this.database.query<Anomaly>(LOCK_ACTIVE_OF_INCIDENT, [incidentId]);
  }

  /** Acknowledges or resolves anomalies that are active, with history and audit rows, in one statement; returns those that changed. */
  moveMany(
    ids: readonly number[],
    to: Extract<Status, 'acknowledged' | 'resolved'>,
    { resolution, rootCause }: Resolution,
    signature: Signature,
  ): Promise<Anomaly[]> {
    return this.database.query<Anomaly>(MOVE_MANY, [
      ...signature,
      ids,
      to,
      resolution ?? null,
      rootCause ?? null,
    ]);
  }

  /** The series' newest anomaly, hidden ones included, locked. */
  async findLatestOfSeries(seriesId: number): Promise<Anomaly | null> {
    return (await this.database.query<Anomaly>(FIND_LATEST_OF_SERIES, [seriesId]))[0] ?? null;
  }
}

function newRow(anomaly: NewAnomaly): NewRow {
  const metric: MetricEvidence | null = anomaly.metric;
  return {
    title: anomaly.title,
    description: anomaly.description,
    severity: anomaly.severity,
    status: anomaly.status,
    anomaly_score: anomaly.anomalyScore,
    confidence: anomaly.confidence,
    source: anomaly.source,
    explanation: anomaly.explanation,
    metrics_data: anomaly.metricsData,
    series_id: metric?.seriesId ?? null,
    onset_at: metric?.onsetAt ?? anomaly.alert?.firesSince ?? null,
    last_seen_at: metric?.lastSeenAt ?? null,
    metric: metric?.detail ?? null,
    labels: anomaly.labels,
    alert_id: anomaly.alert?.id ?? null,
    alert_identity: anomaly.alert?.identity ?? null,
    incident_id: anomaly.membership?.incidentId ?? null,
    incident_reason: anomaly.membership?.reason ?? null,
  };
}
