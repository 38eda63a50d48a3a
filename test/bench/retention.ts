import 'reflect-metadata';

import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { BenchDatabase } from './speed/bench-database';
import { loadOpen, Outcome, RawRequest, rawRequest } from './speed/load';
import { TargetServer } from './speed/target-server';
import { median } from './speed/verdict';

/**
 * `npm run bench:retention`: what callers notice of a run that deletes 200,000 anomalies. The same requests at a steady rate, for
 * some turns without a run and some while one deletes; a server and a database of their own, durable as in production.
 */
const DUE = 200_000;
const STAYING = 20_000;
const RATE_PER_SECOND = Number(process.env.BENCH_RATE ?? 100);
const TURN_MS = 8_000;
const TURNS = 4;
const DATABASE = 'bench_retention';

const READS = [
  '/api/anomalies?per_page=50',
  '/api/anomalies/stats',
  '/api/anomalies?status=open&severity=high',
];

async function main(): Promise<void> {
  const cluster = await BenchDatabase.start();
  try {
    await cluster.seed(DATABASE, STAYING);
    await cluster.within(DATABASE, async (client) => {
      await client.query(`UPDATE anomalies SET status = 'open'`);
      for (let n = 0; n < DUE; n += DUE / 10)
        await client.query(
          `WITH made AS (
             INSERT INTO anomalies (title, description, severity, status, anomaly_score, confidence, source, created_at, updated_at)
             SELECT 'CPU usage of web-' || n % 97 || ' is far outside its band', repeat('what happened ', 12), 'low', 'resolved', 0.5, 0.5,
               'source-' || n % 7, ago, ago FROM generate_series(1, $1::int) AS n, (SELECT now() - interval '400 days' AS ago) AS instant
             RETURNING id, created_at)
           INSERT INTO anomaly_history (anomaly_id, at, event, actor_kind, actor_name, to_status)
           SELECT id, created_at, 'opened', 'system', 'system', 'open' FROM made`,
          [DUE / 10],
        );
      await client.query('VACUUM ANALYZE');
      await client.query('CHECKPOINT');
    });
    // No run on schedule comes between: it finds nothing that is due by ten years.
    const quiet = await TargetServer.start('ours', DATABASE, cluster);
    const before = await measure(quiet, () => Promise.resolve());
    await quiet.stop();
    const server = await TargetServer.start('ours', DATABASE, cluster, { ANOMALY_RETENTION_DAYS: '365' });
    const started = performance.now();
    await requestRun(server);
    const during = await measure(server, () => assertRunning(cluster));
    while ((await left(cluster)) > 0) await delay(500);
    const seconds = (performance.now() - started) / 1_000;
    const after = await measure(server, () => Promise.resolve());
    await server.stop();
    process.stdout.write(`${DUE} anomalies with their history deleted within ${seconds.toFixed(0)} s\n`);
    say('before the run', before);
    say('during the run', during);
    say('after the run ', after);
    const ratio = p99(during) / p99([...before, ...after]);
    process.stdout.write(`p99 during the run / without one: ${ratio.toFixed(2)}\n`);
  } finally {
    await cluster.stop();
  }
}

async function measure(server: TargetServer, check: () => Promise<void>): Promise<Outcome[]> {
  const headers = await server.headers();
  const body = { title: 'b', description: 'd', severity: 'low', anomaly_score: 0.1, confidence: 0.1 };
  const requests: RawRequest[] = [
    rawRequest('POST', '/api/anomalies', headers, body),
    ...READS.map((path) => rawRequest('GET', path, headers)),
  ];
  await loadOpen(server.port, requests, RATE_PER_SECOND, 2_000);
  const outcomes: Outcome[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    await check();
    outcomes.push(await loadOpen(server.port, requests, RATE_PER_SECOND, TURN_MS));
  }
  await check();
  return outcomes;
}

async function requestRun(server: TargetServer): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/admin/storage/retention/run`, {
    method: 'POST',
    headers: await server.headers(),
  });
  if (answer.status !== 202) throw new Error(`A run was answered with ${answer.status}`);
}

async function assertRunning(cluster: BenchDatabase): Promise<void> {
  if ((await left(cluster)) === 0)
    throw new Error('The run ended while it was measured; give it more to delete');
}

function left(cluster: BenchDatabase): Promise<number> {
  return cluster.number(
    DATABASE,
    `SELECT count(*) AS value FROM anomalies WHERE updated_at < now() - interval '390 days'`,
  );
}

function p99(outcomes: readonly Outcome[]): number {
  return median(outcomes.map(({ p99Ms }) => p99Ms));
}

function say(what: string, outcomes: readonly Outcome[]): void {
  const refused = outcomes.reduce((sum, { non2xx }) => sum + non2xx, 0);
  const middle = median(outcomes.map(({ p50Ms }) => p50Ms));
  const all = outcomes.map(({ p99Ms }) => p99Ms.toFixed(1)).join(', ');
  process.stdout.write(
    `${what}: ${RATE_PER_SECOND} requests a second, p50 ${middle.toFixed(1)} ms, p99 ${p99(outcomes).toFixed(1)} ms (turns: ${all}), ${refused} refused\n`,
  );
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
