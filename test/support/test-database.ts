import { randomBytes } from 'node:crypto';

import { Client } from 'pg';

import { databaseUrl, SERVER_URL, TEMPLATE } from './start-postgres';

/** A fresh, migrated database of one's own. */
export interface TestDatabase {
  readonly url: string;
  /** Runs SQL beside the product, to look at what it left. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Copies the migrated template; `migrated: false` gives an empty database. */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const serverUrl = process.env[SERVER_URL];
  if (serverUrl === undefined) throw new Error('The test PostgreSQL is not running');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withAdmin(serverUrl, async (admin) => {
    // One copy at a time: Postgres refuses a template that someone else is copying.
    await admin.query('SELECT pg_advisory_lock(1)');
    await admin.query(`CREATE DATABASE ${name}${migrated ? ` TEMPLATE ${TEMPLATE}` : ''}`);
  });
  const url = databaseUrl(serverUrl, name);
  return {
    url,
    async query<Row extends object>(text: string, values: unknown[] = []) {
      return withAdmin(url, async (client) => (await client.query<Row>(text, values)).rows);
    },
    drop: () =>
      withAdmin(
        serverUrl,
        async (admin) => void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
      ),
  };
}

async function withAdmin<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
