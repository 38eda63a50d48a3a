import { mkdtempSync, rmSync } from 'node:fs';
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { EmbeddedPostgres } from '../../src/database/embedded-postgres';
import { migrate } from '../../src/database/migrate';
import { MIGRATIONS } from '../../src/schema';

/** What the suites need of the server; jest hands it over through the environment. */
export const SERVER_URL = 'SMARTCLOUDOPS_TEST_SERVER';
export const TEMPLATE = 'smartcloudops_template';

/**
 * Once before all suites: a PostgreSQL (our own, or `TEST_DATABASE_URL`) with one migrated template database, of which
 * every test file gets a copy. Never touches `DATABASE_URL`.
 */
export default async function startPostgres(): Promise<void> {
  const given = process.env.TEST_DATABASE_URL;
  let url = given;
  if (url === undefined || url === '') {
    const folder = mkdtempSync(join(tmpdir(), 'smartcloudops-test-'));
    chmodSync(folder, 0o755);
    const server = await EmbeddedPostgres.start(folder, { durable: false });
    url = server.url;
    Object.assign(globalThis, {
      stopTestPostgres: async () => {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    });
  }
  process.env[SERVER_URL] = url;
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  } finally {
    await admin.end();
  }
  await migrate(databaseUrl(url, TEMPLATE), MIGRATIONS);
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}
