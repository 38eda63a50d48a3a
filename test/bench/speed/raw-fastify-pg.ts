import { fastify } from 'fastify';
import { Pool, types } from 'pg';

/**
 * Baseline: the same three routes by hand, with nothing between Fastify and pg. Every statement is prepared; a POST is one statement
 * that writes the rows that the product writes (anomaly, history, audit; the counts by the table's own trigger). Bodies are checked and
 * answers written by Fastify's compiled schemas. No authentication, no log, no metrics, no security headers.
 *
 *   PORT=… DATABASE_URL=… node raw-fastify-pg.js
 */
const INT8 = 20;
types.setTypeParser(INT8, Number);

const COLUMNS = `id, title, description, severity, status, anomaly_score, confidence, source, created_at, updated_at, version, explanation, metrics_data,
  created_by, acknowledged_by, acknowledged_at, resolved_by, resolved_at, dismissed_by, dismissed_at, resolution, root_cause, series_id, onset_at,
  last_seen_at, metric, labels, alert_id, incident_id, incident_reason, suppressed_by, inhibited_by`;

const GET = {
  name: 'get',
  text: `SELECT ${COLUMNS} FROM anomalies WHERE id = $1 AND deleted_at IS NULL`,
};

const LIST = {
  name: 'list',
  text: `SELECT ${COLUMNS}, (SELECT sum(count)::bigint FROM (
             SELECT count FROM anomaly_counts WHERE status = $1 AND severity = $2
             UNION ALL
             SELECT delta FROM anomaly_count_deltas WHERE status = $1 AND severity = $2
           ) AS counts) AS total
         FROM anomalies WHERE deleted_at IS NULL AND status = $1 AND severity = $2 ORDER BY id DESC LIMIT $3`,
};

const POST = {
  name: 'post',
  text: `WITH created AS (
           INSERT INTO anomalies (title, description, severity, anomaly_score, confidence, source, explanation, metrics_data, created_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${COLUMNS}
         ), told AS (
           INSERT INTO anomaly_history (anomaly_id, event, actor_kind, actor_id, actor_name, to_status)
           SELECT id, 'opened', 'user', 1, $9, status FROM created
         ), recorded AS (
           INSERT INTO audit_log (actor_kind, actor_id, actor_name, action, subject_type, subject_id, after, request_id, address)
           SELECT 'user', 1, $9, 'anomaly.created', 'anomaly', id::text,
             jsonb_build_object('title', title, 'severity', severity, 'status', status, 'source', source), $10, $11
           FROM created
         )
         SELECT * FROM created`,
};

interface Row {
  id: number;
  created_at: Date;
  total: number;
}

interface Body {
  title: string;
  description: string;
  severity: string;
  anomaly_score: number;
  confidence: number;
  source?: string;
  explanation?: string;
  metrics_data?: object;
}

const text = (maxLength: number) => ({ type: 'string', maxLength });
const unit = { type: 'number', minimum: 0, maximum: 1 };
const nullableText = { type: 'string', nullable: true };
const time = { type: 'string', format: 'date-time' };
const nullableTime = { ...time, nullable: true };
const nullableObject = { type: 'object', additionalProperties: true, nullable: true };

const ANOMALY = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    title: { type: 'string' },
    description: { type: 'string' },
    severity: { type: 'string' },
    status: { type: 'string' },
    anomaly_score: { type: 'number' },
    confidence: { type: 'number' },
    source: { type: 'string' },
    created_at: time,
    updated_at: time,
    version: { type: 'integer' },
    explanation: nullableText,
    metrics_data: nullableObject,
    created_by: nullableText,
    acknowledged_by: nullableText,
    acknowledged_at: nullableTime,
    resolved_by: nullableText,
    resolved_at: nullableTime,
    dismissed_by: nullableText,
    dismissed_at: nullableTime,
    resolution: nullableText,
    root_cause: nullableText,
    series_id: { type: 'integer', nullable: true },
    onset_at: nullableTime,
    last_seen_at: nullableTime,
    metric: nullableObject,
    labels: nullableObject,
    alert_id: { type: 'integer', nullable: true },
    incident_id: { type: 'integer', nullable: true },
    incident_reason: nullableText,
    suppressed_by: nullableObject,
    inhibited_by: nullableObject,
  },
};

const enveloped = (properties: object) => ({
  type: 'object',
  properties: {
    status: { type: 'string' },
    message: { type: 'string' },
    data: { type: 'object', properties },
  },
});

const server = fastify({ logger: false });
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 16 });

server.get<{ Params: { id: number } }>(
  '/api/anomalies/:id',
  {
    schema: {
      params: { type: 'object', properties: { id: { type: 'integer', minimum: 1 } } },
      response: { 200: enveloped({ anomaly: ANOMALY }) },
    },
  },
  async (request, reply) => {
    const { rows } = await pool.query<Row>({ ...GET, values: [request.params.id] });
    if (rows.length === 0) return reply.code(404).send({ status: 'error', message: 'not found' });
    return { status: 'success', data: { anomaly: rows[0] } };
  },
);

server.get<{ Querystring: { status: string; severity: string; per_page: number } }>(
  '/api/anomalies',
  {
    schema: {
      querystring: {
        type: 'object',
        required: ['status', 'severity'],
        properties: {
          status: text(20),
          severity: text(20),
          per_page: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
        },
      },
      response: {
        200: enveloped({
          anomalies: { type: 'array', items: ANOMALY },
          pagination: {
            type: 'object',
            properties: {
              page: { type: 'integer' },
              per_page: { type: 'integer' },
              total: { type: 'integer' },
              pages: { type: 'integer' },
              next_cursor: nullableText,
            },
          },
        }),
      },
    },
  },
  async (request) => {
    const { status, severity, per_page } = request.query;
    const { rows } = await pool.query<Row>({ ...LIST, values: [status, severity, per_page + 1] });
    const anomalies = rows.slice(0, per_page);
    const last = anomalies.at(-1);
    const total = rows[0]?.total ?? 0;
    return {
      status: 'success',
      data: {
        anomalies,
        pagination: {
          page: 1,
          per_page,
          total,
          pages: Math.ceil(total / per_page),
          next_cursor:
            rows.length > per_page && last !== undefined
              ? Buffer.from(JSON.stringify([last.created_at, last.id])).toString('base64url')
              : null,
        },
      },
    };
  },
);

server.post<{ Body: Body }>(
  '/api/anomalies',
  {
    schema: {
      body: {
        type: 'object',
        required: ['title', 'description', 'severity', 'anomaly_score', 'confidence'],
        properties: {
          title: text(200),
          description: text(10_000),
          severity: { type: 'string', enum: ['low', 'medium', 'high', 'critical'] },
          anomaly_score: unit,
          confidence: unit,
          source: text(100),
          explanation: text(10_000),
          metrics_data: { type: 'object', additionalProperties: true },
        },
      },
      response: { 201: enveloped({ anomaly: ANOMALY }) },
    },
  },
  async ({ body, id, ip }, reply) => {
    const { rows } = await pool.query<Row>({
      ...POST,
      values: [
        body.title,
        body.description,
        body.severity,
        body.anomaly_score,
        body.confidence,
        body.source ?? 'manual',
        body.explanation ?? null,
        body.metrics_data ?? null,
        'admin',
        id,
        ip,
      ],
    });
    reply.code(201);
    return { status: 'success', message: 'Anomaly created successfully', data: { anomaly: rows[0] } };
  },
);

void server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
