import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { PoolClient } from 'pg';

import { Database } from '../../src/database/database';
import { EmbeddedPostgres } from '../../src/database/embedded-postgres';
import { migrate } from '../../src/database/migrate';
import { MIGRATIONS } from '../../src/schema';
import { DatabaseLine } from '../support/database-line';
import { Answer, eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

/** A probe looks for a second at most; the rest is the machine being busy. */
const PROBE_LIMIT_MS = 2_000;
const REQUEST_LIMIT_MS = 3_000;
const RECOVERY_LIMIT_MS = 5_000;
const POOL_SIZE = 8;

const PROBES = ['/healthz', '/readyz', '/health', '/api/health', '/api/status', '/metrics'];

function ask(app: TestApp, path: string): Promise<Answer> {
  return app.get(path, { token: null });
}

async function timed(work: Promise<Answer>): Promise<Answer & { ms: number }> {
  const start = performance.now();
  const answer = await work;
  return { ...answer, ms: performance.now() - start };
}

/** What every probe says while nobody reaches the database. */
async function expectOutage(app: TestApp): Promise<void> {
  await eventually(
    () => ask(app, '/readyz'),
    ({ status }) => status === 503,
    5_000,
  );
  const answers = await Promise.all(PROBES.map((path) => timed(ask(app, path))));
  for (const { ms } of answers) expect(ms).toBeLessThan(PROBE_LIMIT_MS);
  const [live, ready, health, detailed, status, metrics] = answers;
  expect(live.status).toBe(200);
  expect([ready.status, ready.headers['retry-after'], ready.body.reasons]).toEqual([
    503,
    '5',
    ['database unreachable'],
  ]);
  expect([health.status, health.body.status, health.body.checks]).toEqual([
    200,
    'healthy',
    { database: false },
  ]);
  expect([detailed.status, detailed.headers['retry-after']]).toEqual([503, '5']);
  expect(detailed.body).toMatchObject({
    status: 'unhealthy',
    services: { database: 'unhealthy' },
    checks: { migrations: null },
  });
  expect([status.status, status.body.status, status.body.components.database]).toEqual([
    200,
    'degraded',
    'unavailable',
  ]);
  expect(metrics.text).toMatch(/^smartcloudops_database_up 0$/m);
}

async function expectRecovery(app: TestApp, limitMs = RECOVERY_LIMIT_MS): Promise<void> {
  await eventually(
    () => ask(app, '/readyz'),
    ({ status }) => status === 200,
    limitMs,
  );
  await eventually(
    () => app.get('/database/status'),
    ({ status }) => status === 200,
    limitMs,
  );
}

describe('when the database goes away', () => {
  let database: TestDatabase;
  let line: DatabaseLine;
  let app: TestApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    line = new DatabaseLine(new URL(database.url));
    await line.open();
    app = await TestApp.start({}, { ...database, url: line.url });
    await app.tokenOf('admin');
  });
  afterEach(async () => {
    line.speakAgain();
    await line.open();
    await expectRecovery(app, 15_000);
  });
  afterAll(async () => {
    await app?.stop();
    await line?.cut();
    await database?.drop();
  });

  it('lives on, says so at every probe, refuses requests with 503, and recovers by itself', async () => {
    await line.cut();
    await expectOutage(app);
    const refused = await timed(app.get('/database/status'));
    expect([refused.status, refused.body.code, refused.body.status]).toEqual([
      503,
      'database/unavailable',
      'error',
    ]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.ms).toBeLessThan(REQUEST_LIMIT_MS);
    await line.open();
    await expectRecovery(app);
  });

  it('notices a database that accepts connections and says nothing', async () => {
    line.fallSilent();
    await expectOutage(app);
    line.speakAgain();
    // Statements that were on their way end by their own limit of ten seconds; probes need not wait for them.
    await eventually(
      () => ask(app, '/readyz'),
      ({ status }) => status === 200,
      RECOVERY_LIMIT_MS,
    );
    await expectRecovery(app, 15_000);
  });

  it('troubles the database no more for a storm of probes than for one', async () => {
    line.fallSilent();
    await eventually(
      () => ask(app, '/readyz'),
      ({ status }) => status === 503,
    );
    const before = line.connections;
    const start = performance.now();
    const storm = await Promise.all(Array.from({ length: 500 }, () => ask(app, '/readyz')));
    expect(storm.every(({ status }) => status === 503)).toBe(true);
    expect(performance.now() - start).toBeLessThan(REQUEST_LIMIT_MS);
    expect(line.connections - before).toBeLessThan(10);
  });

  it('stays ready while slow queries hold every connection of its pool', async () => {
    const pool = app.app.get(Database);
    const inUse = (): number => pool.poolUsage().total - pool.poolUsage().idle;
    const held: PoolClient[] = [];
    try {
      while (inUse() < POOL_SIZE) held.push(await pool.connect());
      // Longer than an answer is remembered.
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect((await timed(ask(app, '/readyz'))).status).toBe(200);
      const refused = await timed(app.get('/database/status'));
      expect(refused.status).toBe(503);
      expect(refused.ms).toBeLessThan(REQUEST_LIMIT_MS);
    } finally {
      for (const client of held) client.release();
    }
  });
});

describe('when our own PostgreSQL is killed', () => {
  it('starts it again, and the server recovers without a restart of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'smartcloudops-outage-'));
    chmodSync(folder, 0o755);
    const server = await EmbeddedPostgres.start(folder);
    try {
      await migrate(server.url, MIGRATIONS);
      const database = { url: server.url, query: () => Promise.resolve([]), drop: () => Promise.resolve() };
      const app = await TestApp.start({}, database);
      try {
        await app.tokenOf('admin');
        process.kill(server.pid, 'SIGKILL');
        await eventually(
          () => ask(app, '/readyz'),
          ({ status }) => status === 503,
          5_000,
        );
        await expectRecovery(app, 30_000);
      } finally {
        await app.stop();
      }
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
