import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { DataSource } from 'typeorm';

import { isDatabaseOutage } from '../common/errors/database-outage';

/** Any number that no other program on this database takes. */
const MIGRATION_LOCK = 7_203_451;
/**
 * Held by the very session that changes the schema. One that was killed goes on for a moment after its process, and what it had not yet
 * committed would still be in the way of the next: a sequence, say, would get another name.
 */
const SESSION_LOCK = 7_203_452;
/** A database that starts together with us may need this long. */
const CONNECT_ATTEMPTS = 30;
const CONNECT_PAUSE_MS = 1_000;

/**
 * Brings the schema up to date. Several processes may call this at once: one migrates, the others wait for it and find
 * nothing left to do. A process that dies in the middle leaves whole migrations only, and its lock goes with its session.
 * Returns the names of the migrations that ran here.
 */
export async function migrate(url: string, migrations: DataSourceOptions['migrations']): Promise<string[]> {
  const lock = await connect(url);
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      migrations,
      migrationsTableName: 'migrations',
      // One connection that stays: the lock is where the work is.
      extra: { max: 1, idleTimeoutMillis: 0 },
    });
    await dataSource.initialize();
    try {
      await dataSource.query('SELECT pg_advisory_lock($1)', [SESSION_LOCK]);
      const done = await dataSource.runMigrations({ transaction: 'each' });
      return done.map(({ name }) => name);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await lock.end();
  }
}

/** A connection of its own, waiting for a database that is not there yet. Throws where it does not come. */
async function connect(url: string, attemptsLeft = CONNECT_ATTEMPTS): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'smartcloudops-migration' });
  // Whatever runs next on a connection that died reports it; the event alone must not end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (attemptsLeft <= 1 || !isDatabaseOutage(error)) throw error;
    await delay(CONNECT_PAUSE_MS);
    return connect(url, attemptsLeft - 1);
  }
}
