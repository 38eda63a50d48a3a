import { ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { PROJECT_ROOT } from '../../src/config/version';
import { migrate } from '../../src/database/migrate';
import { MIGRATIONS } from '../../src/schema';
import { describeSchema } from '../conformance/catalog';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { Breaches, Outcome, Progress, unheard } from './scenario';

const BUILD = join(PROJECT_ROOT, 'dist', 'src');
const NAMES = MIGRATIONS.map(({ name }) => name);
/** The lock is held from before the first migration to after the last. */
const IS_UNDER_WAY = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const MIGRATION_MS = 150;

/**
 * Several processes migrate one empty database at once: one does, the others find nothing left to do, and the schema is that of a single
 * run. After each such round one more is killed (-9) somewhere in the middle, and the next start completes what it left.
 */
export async function migrateAtOnce(
  { rounds, processes }: { rounds: number; processes: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  if (!existsSync(BUILD)) throw new Error('The server is not built: `npm test` builds it first');
  const breaches = new Breaches();
  const migratedOnce = await within((database) => describeSchema(database), { migrated: true });
  let inTheMiddle = 0;
  for (let round = 1; round <= rounds; round += 1) {
    await within(async (database) => {
      breaches.add(...(await together(database, processes)));
      breaches.add(...(await differences(database, migratedOnce)));
    });
    await within(async (database) => {
      const left = await killInTheMiddle(database);
      if (left.length > 0 && left.length < NAMES.length) inTheMiddle += 1;
      if (left.join() !== NAMES.slice(0, left.length).join())
        breaches.add(`a killed migration left ${left.join()}`);
      await migrate(database.url, MIGRATIONS);
      breaches.add(...(await differences(database, migratedOnce)));
    });
    progress(round, rounds);
  }
  return {
    figures: { rounds, processes, killed: rounds, 'killed between two migrations': inTheMiddle },
    breaches: breaches.list,
  };
}

async function together(database: TestDatabase, processes: number): Promise<string[]> {
  const ends = await Promise.all(
    Array.from({ length: processes }, () => endOf(migrateInChild(database.url))),
  );
  const said = ends.map(({ output }) => output.trim()).sort();
  const idle = Array.from({ length: processes - 1 }, () => '[]');
  return [
    ...ends
      .filter(({ code, errors }) => code !== 0 || errors !== '')
      .map(({ code, errors }) => `a migrating process ended with ${code}: ${errors.slice(-300)}`),
    ...(said.join() === [JSON.stringify(NAMES), ...idle].sort().join()
      ? []
      : [`the processes ran ${said.join(' and ')}`]),
  ];
}

/** Returns the migrations that were applied by then. */
async function killInTheMiddle(database: TestDatabase): Promise<string[]> {
  const child = migrateInChild(database.url);
  const ended = endOf(child);
  while (child.exitCode === null && (await database.query(IS_UNDER_WAY)).length === 0) await delay(2);
  await delay(randomInt(MIGRATION_MS));
  child.kill('SIGKILL');
  await ended;
  return applied(database).catch(() => []);
}

async function differences(database: TestDatabase, migratedOnce: readonly string[]): Promise<string[]> {
  const [names, schema] = [await applied(database), await describeSchema(database)];
  const other = [
    ...schema.filter((line) => !migratedOnce.includes(line)),
    ...migratedOnce.filter((line) => !schema.includes(line)),
  ];
  return [
    ...(names.join() === NAMES.join() ? [] : [`applied were ${names.join()}`]),
    ...(schema.join('\n') === migratedOnce.join('\n')
      ? []
      : [
          `the schema is not that of a single run: ${schema.length} lines for ${migratedOnce.length}; ${other.slice(0, 3).join('; ')}`,
        ]),
  ];
}

async function applied(database: TestDatabase): Promise<string[]> {
  return (await database.query<{ name: string }>('SELECT name FROM migrations ORDER BY id')).map(
    ({ name }) => name,
  );
}

async function within<T>(
  work: (database: TestDatabase) => Promise<T>,
  { migrated } = { migrated: false },
): Promise<T> {
  const database = await createTestDatabase({ migrated });
  try {
    return await work(database);
  } finally {
    await database.drop();
  }
}

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

/** Listens from the start, so that an end that came early is seen as well. */
async function endOf(child: ChildProcess): Promise<{ code: number | null; output: string; errors: string }> {
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, errors };
}
