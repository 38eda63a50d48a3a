import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { DataSource } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata';

import { migrate } from '../../src/database/migrate';
import { ENTITIES, MIGRATIONS } from '../../src/schema';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { describeSchema, listColumns, listConstraints } from './catalog';

/** Tables that are only ever touched by named statements, and so have no entity. */
const WITHOUT_ENTITY = [
  'alert_changes',
  'alert_cursors',
  'anomaly_count_deltas',
  'anomaly_counts',
  'audit_seals',
  'held_alerts',
  'held_findings',
  'idempotency_keys',
  'rate_usage',
  'sample_batches',
  'sample_chunks',
  'sample_cursors',
  'service_dependencies',
];
/** Columns that an entity leaves out, since TypeORM does not know their type. */
const WITHOUT_MEMBER = ['alerts.changed_in', 'anomaly_history.xact', 'audit_log.xact'];

const BUILD = join(__dirname, '..', '..', 'dist', 'src');

describe('the schema', () => {
  let database: TestDatabase;
  let entities: DataSource;
  let asMigratedOnce: string[];

  beforeAll(async () => {
    database = await createTestDatabase();
    entities = await new DataSource({ type: 'postgres', url: database.url, entities: ENTITIES }).initialize();
    asMigratedOnce = await describeSchema(database);
  });
  afterAll(async () => {
    await entities.destroy();
    await database.drop();
  });

  describe('is what the entities say', () => {
    it('in the tables that there are', async () => {
      const tables = [...new Set((await listColumns(database)).map(({ table }) => table))];
      expect(
        [...entities.entityMetadatas.map(({ tableName }) => tableName), ...WITHOUT_ENTITY].sort(),
      ).toEqual(tables.sort());
    });

    it('in every column: its type, whether it may be null, and what it is when nobody says', async () => {
      const stored = (await listColumns(database))
        .filter(
          ({ table, column }) =>
            !WITHOUT_ENTITY.includes(table) && !WITHOUT_MEMBER.includes(`${table}.${column}`),
        )
        .map(
          ({ table, column, type, isNullable, fallback }) =>
            `${table}.${column} ${type}${isNullable ? ' null' : ''}${fallback === null ? '' : ` = ${fallback}`}`,
        );
      const declared = entities.entityMetadatas.flatMap(({ tableName, columns }) =>
        columns.map((column) => `${tableName}.${column.databaseName} ${describeColumn(column)}`),
      );
      expect(declared.sort()).toEqual(stored.sort());
    });

    it('in the key of every table', async () => {
      const keys = await database.query<{ line: string }>(`
        SELECT conrelid::regclass || ': ' || string_agg(attname, ', ' ORDER BY array_position(conkey, attnum)) AS line
        FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
        WHERE contype = 'p' AND conparentid = 0 AND connamespace = 'public'::regnamespace GROUP BY conrelid ORDER BY 1`);
      const declared = entities.entityMetadatas.map(
        ({ tableName, primaryColumns }) =>
          `${tableName}: ${primaryColumns.map(({ databaseName }) => databaseName).join(', ')}`,
      );
      expect(keys.map(({ line }) => line)).toEqual(expect.arrayContaining(declared));
    });
  });

  it('has constraints that we named, so that an error can be told by its name', async () => {
    const unnamed = (await listConstraints(database)).filter(({ name }) =>
      /_(pkey|fkey|key|check|excl)\d*$|^[A-Z]+_[0-9a-f]{20,}$/.test(name),
    );
    expect(unnamed).toEqual([]);
  });

  it('keeps every instant with its zone, and text without a made-up length', async () => {
    const columns = await listColumns(database);
    expect(
      columns.filter(({ type }) =>
        /without time zone|^date$|^time/.test(type.replace(/^timestamp.*with time zone$/, '')),
      ),
    ).toEqual([]);
    expect(columns.filter(({ type }) => type.startsWith('character'))).toEqual([]);
  });

  it('is made by every migration of the folder, in their order', () => {
    const files = readdirSync(join(__dirname, '..', '..', 'migrations')).filter((name) =>
      name.endsWith('.ts'),
    );
    const stamps = files.map((name) => name.split('-')[0]).sort();
    expect(MIGRATIONS.map(({ name }) => /\d+$/.exec(name)?.[0])).toEqual(stamps);
  });

  it('is gone when every migration has gone down, and the same when they have come up again', async () => {
    const empty = await createTestDatabase({ migrated: false });
    const source = await new DataSource({
      type: 'postgres',
      url: empty.url,
      migrations: MIGRATIONS,
      migrationsTableName: 'migrations',
    }).initialize();
    try {
      // One after the other, up and down: each undoes exactly what it did.
      const steps: string[][] = [await describeSchema(empty)];
      const runner = source.createQueryRunner();
      for (const Migration of MIGRATIONS) {
        await new Migration().up(runner);
        steps.push(await describeSchema(empty));
      }
      expect(steps.at(-1)).toEqual(asMigratedOnce);
      for (const Migration of MIGRATIONS.toReversed()) {
        expect([Migration.name, await describeSchema(empty)]).toEqual([Migration.name, steps.pop()]);
        await new Migration().down(runner);
      }
      expect(await describeSchema(empty)).toEqual([]);
      await runner.release();
      await migrate(empty.url, MIGRATIONS);
      expect(await describeSchema(empty)).toEqual(asMigratedOnce);
    } finally {
      await source.destroy();
      await empty.drop();
    }
  });

  describe('migrated by several processes at once', () => {
    const applied = async (fresh: TestDatabase): Promise<string[]> =>
      (await fresh.query<{ name: string }>('SELECT name FROM migrations ORDER BY id')).map(
        ({ name }) => name,
      );
    const names = MIGRATIONS.map(({ name }) => name);

    beforeAll(() => {
      if (!existsSync(BUILD)) throw new Error('The server is not built: `npm test` builds it first');
    });

    it.each([1, 2, 3])('is that of a single run, each migration having run once (round %i)', async () => {
      const fresh = await createTestDatabase({ migrated: false });
      try {
        const ends = await Promise.all([1, 2].map(() => endOf(migrateInChild(fresh.url))));
        expect(ends.map(({ code, errors }) => [code, errors])).toEqual([
          [0, ''],
          [0, ''],
        ]);
        expect(ends.map(({ output }) => output.trim()).sort()).toEqual([JSON.stringify(names), '[]'].sort());
        expect(await applied(fresh)).toEqual(names);
        expect(await describeSchema(fresh)).toEqual(asMigratedOnce);
      } finally {
        await fresh.drop();
      }
    });

    it('is completed by the next start when one is killed in the middle', async () => {
      const fresh = await createTestDatabase({ migrated: false });
      try {
        const child = migrateInChild(fresh.url);
        // The lock is held from before the first migration to after the last.
        const isUnderWay =
          "SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        while (child.exitCode === null && (await fresh.query(isUnderWay)).length === 0) await delay(2);
        child.kill('SIGKILL');
        await once(child, 'exit');
        const left = await applied(fresh).catch(() => []);
        expect(names.slice(0, left.length)).toEqual(left);
        await migrate(fresh.url, MIGRATIONS);
        expect(await applied(fresh)).toEqual(names);
        expect(await describeSchema(fresh)).toEqual(asMigratedOnce);
      } finally {
        await fresh.drop();
      }
    });
  });

  function describeColumn(column: ColumnMetadata): string {
    const name = entities.driver.normalizeType(column);
    const precision =
      column.precision === undefined || column.precision === null ? '' : `(${column.precision})`;
    const type = name === 'timestamp with time zone' ? `timestamp${precision} with time zone` : name;
    // A generated column is never written; TypeORM needs it nullable to leave it out of inserts.
    const fallback =
      column.default === undefined
        ? ''
        : ` = ${entities.driver.normalizeDefault(column)?.replace(/^'(-?\d+)'$/, '$1')}`;
    return `${type}${column.isArray ? '[]' : ''}${column.isNullable ? ' null' : ''}${fallback}`;
  }
});

/** A process of its own that migrates as a start does, and prints which migrations it ran. */
function migrateInChild(url: string): ChildProcess {
  const program = `
    const { migrate } = require('./database/migrate');
    const { MIGRATIONS } = require('./schema');
    migrate(process.argv[1], MIGRATIONS).then((ran) => console.log(JSON.stringify(ran)));`;
  return spawn(process.execPath, ['-e', program, url], {
    cwd: BUILD,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  });
}

async function endOf(child: ChildProcess): Promise<{ code: number | null; output: string; errors: string }> {
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, errors };
}
