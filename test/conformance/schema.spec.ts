import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { DataSource } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata';

import { migrate } from '../../src/database/migrate';
import { ENTITIES, MIGRATIONS } from '../../src/schema';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { migrateAtOnce } from '../torture/migrate-at-once';
import { describeSchema, listColumns, listConstraints } from './catalog';

/** Tables that are only ever touched by named statements, and so have no entity. */
const WITHOUT_ENTITY = [
  'alert_changes',
  'alert_cursors',
  'alert_keys',
  'anomaly_count_deltas',
  'anomaly_counts',
  'anomaly_cursors',
  'audit_cuts',
  'audit_seals',
  'event_budgets',
  'held_alerts',
  'held_findings',
  'idempotency_keys',
  'incident_groups',
  'notification_groups',
  'notification_repeats',
  'rate_usage',
  'remediation_breakers',
  'retention_runs',
  'sample_batches',
  'sample_chunks',
  'sample_cursors',
  'sample_group_cursors',
  'seen_events',
  'service_dependencies',
];
/** Columns that an entity leaves out, since TypeORM does not know their type. */
const WITHOUT_MEMBER = [
  'alerts.changed_in',
  'anomaly_history.xact',
  'audit_log.xact',
  'remediation_log.xact',
];

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

  it('is that of a single run when several processes migrate at once, and is completed by the next start when one is killed', async () => {
    const { figures, breaches } = await migrateAtOnce({ rounds: 3, processes: 2 });
    expect(breaches).toEqual([]);
    expect(figures.killed).toBe(3);
  }, 120_000);

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
