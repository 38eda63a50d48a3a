import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Client } from 'pg';

import { PROJECT_ROOT } from '../../src/config/version';
import type { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import { BATCH, METRIC, Promises } from './write-load';

const run = promisify(execFile);
const VERIFIER = join(PROJECT_ROOT, 'dist', 'src', 'audit', 'verify-audit.js');
/** Sealing takes so long at most once nobody writes any more. */
const SEAL_LIMIT_MS = 30_000;

/**
 * Rows that must not be: half of a change without its other half, a change that was made twice, a number that is not the
 * count. Each statement gives a line for every such row.
 */
const NEVER: readonly (readonly [what: string, sql: string])[] = [
  [
    'an anomaly without exactly one first line of history',
    `SELECT id FROM anomalies LEFT JOIN (SELECT anomaly_id, count(*) AS lines FROM anomaly_history WHERE event = 'opened' GROUP BY 1) h ON anomaly_id = id
     WHERE lines IS DISTINCT FROM 1`,
  ],
  [
    'a line of history without its audit row, or the other way round',
    `SELECT coalesce(h.id, a.id) AS id, h.lines, a.rows FROM
       (SELECT anomaly_id AS id, CASE event WHEN 'opened' THEN 'created' ELSE event END AS event, count(*) AS lines FROM anomaly_history GROUP BY 1, 2) h
     FULL JOIN
       (SELECT subject_id::bigint AS id, substring(action FROM 9) AS event, count(*) AS rows FROM audit_log WHERE subject_type = 'anomaly' GROUP BY 1, 2) a
     USING (id, event) WHERE h.lines IS DISTINCT FROM a.rows`,
  ],
  [
    'a status that its history does not tell',
    `SELECT id FROM anomalies JOIN LATERAL (SELECT to_status FROM anomaly_history WHERE anomaly_id = anomalies.id ORDER BY id DESC LIMIT 1) h ON true
     WHERE status <> to_status`,
  ],
  ['an anomaly that was made twice', 'SELECT title FROM anomalies GROUP BY title HAVING count(*) > 1'],
  [
    'half a batch',
    `SELECT split_part(title, '/', 1) AS batch FROM anomalies WHERE title LIKE '%/%' GROUP BY 1 HAVING count(*) <> ${BATCH}`,
  ],
  [
    'a change under a key without its kept answer, or the other way round',
    `WITH answered AS (
       SELECT (answer->'body'->'data'->'anomaly'->>'id')::bigint AS id FROM idempotency_keys
       UNION SELECT (jsonb_array_elements(answer::jsonb->'body'->'data'->'anomalies')->>'id')::bigint FROM idempotency_keys
     )
     SELECT coalesce(a.id, k.id) AS id FROM anomalies a FULL JOIN (SELECT id FROM answered WHERE id IS NOT NULL) k USING (id)
     WHERE a.id IS NULL OR k.id IS NULL`,
  ],
  [
    'a counter that is not the count',
    `WITH told AS (
       SELECT status, severity, source, sum(count) AS count FROM (SELECT * FROM anomaly_counts UNION ALL SELECT * FROM anomaly_count_deltas) c GROUP BY 1, 2, 3
     ), stored AS (SELECT status, severity, source, count(*) AS count FROM anomalies WHERE deleted_at IS NULL GROUP BY 1, 2, 3)
     SELECT status, severity, source, told.count AS told, stored.count AS stored FROM told FULL JOIN stored USING (status, severity, source)
     WHERE coalesce(told.count, 0) <> coalesce(stored.count, 0)`,
  ],
  [
    'a session that holds a transaction open for nobody',
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND state_change < now() - interval '10 s'`,
  ],
  [
    'a job that is being done for longer than it may',
    `SELECT id FROM jobs.job WHERE state = 'active' AND started_on < now() - interval '10 min'`,
  ],
];

const UNSEALED =
  'SELECT count(*)::int AS left FROM audit_log a WHERE NOT EXISTS (SELECT FROM audit_seals WHERE audit_id = a.id)';

/** Holds what is stored against what was promised, and against itself; the load has stopped. */
export async function breachesIn(server: ServerProcess, promises: Promises): Promise<string[]> {
  const client = new Client({ connectionString: server.databaseUrl });
  await client.connect();
  try {
    return [
      ...(await lostAnomalies(client, promises)),
      ...(await lostSamples(server, promises)),
      ...(await brokenAnswers(server, promises)),
      ...(await brokenRows(client)),
      ...(await unsealed(client)),
      ...(await brokenChain(server)),
    ];
  } finally {
    await client.end();
  }
}

/** What the newest of the promises read like to a caller; cheap enough after every crash. */
export async function recentlyLost(server: ServerProcess, promises: Promises): Promise<string[]> {
  const newest = [...promises.anomalies].slice(-10);
  const found = await Promise.all(
    newest.map(async ([id, title]) => {
      const { status, body } = await server.fetch(`/api/anomalies/${id}`);
      return status === 200 && body.data.anomaly.title === title
        ? []
        : [`lost: anomaly ${id} reads ${status}`];
    }),
  );
  return [...found.flat(), ...(await brokenAnswers(server, promises))];
}

async function lostAnomalies(client: Client, promises: Promises): Promise<string[]> {
  const { rows } = await client.query<{ id: string; title: string; status: string }>(
    'SELECT id, title, status FROM anomalies',
  );
  const stored = new Map(rows.map((row) => [Number(row.id), row]));
  return [
    ...[...promises.anomalies]
      .filter(([id, title]) => stored.get(id)?.title !== title)
      .map(([id, title]) => `lost: anomaly ${id} (${title})`),
    ...[...promises.acknowledgements]
      .filter((id) => stored.get(id)?.status !== 'acknowledged')
      .map((id) => `lost: the acknowledgement of anomaly ${id}`),
  ];
}

/** Every promised sample is read once, over HTTP. */
async function lostSamples(server: ServerProcess, { samples }: Promises): Promise<string[]> {
  const breaches: string[] = [];
  const { body } = await server.fetch(`/api/telemetry/series?name=${METRIC}&per_page=100`);
  const series = body.data.series as { id: number; labels: { writer: string } }[];
  for (const [writer, values] of samples) {
    const id = series.find(({ labels }) => labels.writer === String(writer))?.id;
    const read = id === undefined ? [] : await readValues(server, id);
    const kept = new Set(read);
    if (kept.size < read.length) breaches.push(`duplicated: samples of writer ${writer}`);
    for (const value of values) if (!kept.has(value)) breaches.push(`lost: sample ${value} of ${writer}`);
  }
  return breaches;
}

/** Values of the last hours, in ranges that an answer holds in full. */
export async function readValues(server: ServerProcess, series: number): Promise<number[]> {
  const toMs = Date.now() + 600_000;
  const values: number[] = [];
  for (let fromMs = toMs - 4 * 3_600_000; fromMs < toMs; fromMs += 600_000) {
    const range = `from=${new Date(fromMs).toISOString()}&to=${new Date(fromMs + 600_000).toISOString()}`;
    const { body } = await server.fetch(`/api/telemetry/series/${series}/samples?${range}`);
    if (body.data.truncated) throw new Error('More samples in ten minutes than one answer holds');
    values.push(...(body.data.samples as [string, number][]).map(([, value]) => value));
  }
  return values;
}

/** The last answer of each writer, asked for again, is the same to the letter. */
async function brokenAnswers(server: ServerProcess, { answers }: Promises): Promise<string[]> {
  const found = await Promise.all(
    [...answers.values()].map(async ({ request: { path, body, key }, text }) => {
      const again = await server.fetch(path, { method: 'POST', body, headers: { 'idempotency-key': key } });
      const isReplayed = again.headers.get('idempotency-replayed') === 'true';
      return isReplayed && again.text === text
        ? []
        : [`answered otherwise: ${path} under ${key}: ${again.status}`];
    }),
  );
  return found.flat();
}

async function brokenRows(client: Client): Promise<string[]> {
  const breaches: string[] = [];
  for (const [what, sql] of NEVER) {
    const { rows } = await client.query(sql);
    if (rows.length > 0) breaches.push(`${rows.length} x ${what}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return breaches;
}

/** Sealing goes on by itself, and soon has caught up. */
async function unsealed(client: Client): Promise<string[]> {
  const left = async () => (await client.query<{ left: number }>(UNSEALED)).rows[0].left;
  return eventually(left, (count) => count === 0, SEAL_LIMIT_MS).then(
    () => [],
    (error: Error) => [`audit rows without a seal: ${error.message}`],
  );
}

/** The audit chain, whole, as an operator verifies it. */
async function brokenChain({ dataDir }: ServerProcess): Promise<string[]> {
  const environment = { PATH: process.env.PATH, DATA_DIR: dataDir };
  return run(process.execPath, [VERIFIER], { env: environment, cwd: dataDir }).then(
    () => [],
    (error: Error & { stdout: string }) => [
      `the audit chain does not hold: ${error.stdout || error.message}`,
    ],
  );
}
