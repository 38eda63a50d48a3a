import { Client } from 'pg';
import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';

/** Any number that no other program on this database takes. */
const MIGRATION_LOCK = 7_203_451;

/**
 * Brings the schema up to date. Several processes may call this at once: one migrates, the others wait for it and find
 * nothing left to do. A process that dies in the middle leaves whole migrations only, and its lock goes with its session.
 * Returns the names of the migrations that ran here.
 */
export async function migrate(url: string, migrations: DataSourceOptions['migrations']): Promise<string[]> {
  const lock = new Client({ connectionString: url, application_name: 'smartcloudops-migration' });
  // Whatever runs next on a connection that died reports it; the event alone must not end the process.
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const dataSource = new DataSource({ type: 'postgres', url, migrations, migrationsTableName: 'migrations' });
    await dataSource.initialize();
    try {
      const done = await dataSource.runMigrations({ transaction: 'each' });
      return done.map(({ name }) => name);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await lock.end();
  }
}
