import 'reflect-metadata';

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { createApp } from '../../src/app';
import { AuditVerifier } from '../../src/audit/audit-verifier';
import { FirstAdmin } from '../../src/auth/first-admin';
import { readConfig } from '../../src/config/config';
import { Database } from '../../src/database/database';
import { EmbeddedPostgres } from '../../src/database/embedded-postgres';
import { migrate } from '../../src/database/migrate';
import { MIGRATIONS } from '../../src/schema';

/**
 * `npm run bench:audit`: how fast a backlog of audit rows is sealed and verified, and how long a row waits for its seal while
 * two servers change things as fast as they can. On a PostgreSQL of its own, durable as in production.
 */
const BACKLOG = 100_000;
const CHUNK = 5_000;
const ACTIONS = 2_000;
const IN_FLIGHT = 64;
const PASSWORD = 'Correct-horse-9';

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'smartcloudops-bench-'));
  chmodSync(folder, 0o755);
  const postgres = await EmbeddedPostgres.start(folder);
  const apps: NestFastifyApplication[] = [];
  try {
    await migrate(postgres.url, MIGRATIONS);
    const start = async (role: string): Promise<NestFastifyApplication> => {
      const config = readConfig({
        LOG_LEVEL: 'silent',
        HOST_COLLECTOR: 'false',
        ADMIN_PASSWORD: PASSWORD,
        JWT_SECRET: 'a-signing-key-of-the-bench-that-is-long-enough',
        DATABASE_URL: postgres.url,
        DATA_DIR: folder,
        NODE_ROLE: role,
        RATE_LIMIT_GENERAL: '0',
        RATE_LIMIT_ADMIN: '0',
      });
      const app = await createApp(config, postgres.url);
      await app.get(FirstAdmin).ensure();
      apps.push(app);
      return app;
    };
    const api = await start('api');
    await sealBacklog(api, () => start('worker'));
    await verifyAll(api);
    await changeThings([api, await start('api')]);
    await verifyAll(api);
  } finally {
    for (const app of apps) await app.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sealBacklog(api: NestFastifyApplication, startSealing: () => Promise<unknown>): Promise<void> {
  const database = api.get(Database);
  for (let written = 0; written < BACKLOG; written += CHUNK)
    await database.execute(
      `INSERT INTO audit_log (actor_kind, actor_name, action, subject_type, subject_id, before, after, request_id, address)
     SELECT 'user', 'bench', 'anomaly.updated', 'anomaly', n::text, '{"title": "before"}', jsonb_build_object('title', 'after ' || n),
       gen_random_uuid()::text, '192.0.2.1' FROM generate_series(1, $1::int) AS n`,
      [CHUNK],
    );
  await startSealing();
  const started = performance.now();
  await allSealed(database);
  say('backlog sealed', BACKLOG, started);
}

async function verifyAll(api: NestFastifyApplication): Promise<void> {
  const started = performance.now();
  const { firstBad, verified } = await api.get(AuditVerifier).verify();
  if (firstBad !== null) throw new Error(firstBad.detail);
  say('verified', verified, started);
}

async function changeThings(apps: readonly NestFastifyApplication[]): Promise<void> {
  const login = await apps[0].inject({
    method: 'POST',
    url: '/api/auth/login',
    payload: { username: 'admin', password: PASSWORD },
  });
  const { token } = login.json<{ data: { token: string } }>().data;
  const payload = { title: 'b', description: 'd', severity: 'low', anomaly_score: 0.1, confidence: 0.1 };
  const headers = { authorization: `Bearer ${token}` };
  let sent = 0;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (sent < ACTIONS) {
      sent += 1;
      const app = apps[sent % apps.length];
      const { statusCode } = await app.inject({ method: 'POST', url: '/api/anomalies', headers, payload });
      if (statusCode !== 201) throw new Error(`answered ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  say('changes answered', ACTIONS, started);
  await allSealed(apps[0].get(Database));
  const [{ median, p99, longest }] = await apps[0]
    .get(Database)
    .execute<{ median: number; p99: number; longest: number }>(
      `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS median, percentile_cont(0.99) WITHIN GROUP (ORDER BY ms) AS p99, max(ms) AS longest
       FROM (SELECT 1000 * extract(epoch FROM sealed_at - at)::float8 AS ms FROM audit_log JOIN audit_seals ON audit_id = id
             WHERE action = 'anomaly.created') AS waits`,
    );
  process.stdout.write(
    `from the start of a change to its seal: median ${median.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, longest ${longest.toFixed(0)} ms\n`,
  );
}

async function allSealed(database: Database): Promise<void> {
  for (;;) {
    const [{ left }] = await database.execute<{ left: number }>(
      'SELECT (SELECT count(*) FROM audit_log) - (SELECT count(*) FROM audit_seals) AS left',
    );
    if (left === 0) return;
    await delay(20);
  }
}

function say(what: string, rows: number, startedMs: number): void {
  const seconds = (performance.now() - startedMs) / 1_000;
  process.stdout.write(
    `${rows} ${what} in ${seconds.toFixed(2)} s: ${Math.round(rows / seconds)} a second\n`,
  );
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
