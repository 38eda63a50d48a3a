import { TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { sendGeneratedRequests } from './generated-requests';
import { holdConnections } from './hold-connections';
import { sendHostileBodies } from './hostile-bodies';
import { plantHostileTexts } from './hostile-texts';
import { killPostgres } from './kill-postgres';
import { killTheServer, killUnderIntake } from './kill-the-server';
import { killTheWorker } from './kill-the-worker';
import { migrateAtOnce } from './migrate-at-once';
import { overload } from './overload';
import { pauseTheWorker } from './pause-the-worker';
import { raceSameKey } from './race-same-key';
import { raceVerbs } from './race-verbs';
import { runSuite } from './run-suite';
import type { Outcome, Progress } from './scenario';
import { terminateUnderLoad } from './terminate-under-load';

/** A scenario at its full size; the suites under test/ run the same functions with small counts. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly goal: string;
  /** How often what is counted happens. */
  readonly count: number;
  readonly run: (count: number, progress: Progress) => Promise<Outcome>;
}

const SEED = 1;
const SEEDS = 20;
const WRITES_BETWEEN = 100;
const BOMBS = 200;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'kill-server',
    title: 'kill -9 of the server under writes',
    goal: '0 lost, duplicated or half done',
    count: 200,
    run: (kills, progress) => killTheServer({ kills, writesBetween: WRITES_BETWEEN }, progress),
  },
  {
    name: 'kill-intake',
    title: 'kill -9 of the server under intake, 6 protocols',
    goal: '0 lost, duplicated or half done',
    count: 200,
    run: (kills, progress) => killUnderIntake({ kills, writesBetween: WRITES_BETWEEN }, progress),
  },
  {
    name: 'kill-postgres',
    title: 'kill -9 of Postgres under writes',
    goal: 'as above, live stays up, serves <= 5 s after',
    count: 25,
    run: (kills, progress) => killPostgres({ kills, writesBetween: WRITES_BETWEEN }, progress),
  },
  {
    name: 'terminate',
    title: 'SIGTERM under load',
    goal: '0 broken requests, exit 0 <= 25 s',
    count: 50,
    run: (stops, progress) => onDatabase((database) => terminateUnderLoad(database, { stops }, progress)),
  },
  {
    name: 'races',
    title: 'same-key races, 20 at once on 2 processes',
    goal: '1 winner, 1 record',
    count: 500,
    run: (rounds, progress) =>
      onDatabase((database) => raceSameKey(database, { rounds, parallel: 20 }, progress)),
  },
  {
    name: 'migrate',
    title: 'migration by 4 processes at once',
    goal: 'one does, schema as from a single run',
    count: 50,
    run: (rounds, progress) => migrateAtOnce({ rounds, processes: 4 }, progress),
  },
  {
    name: 'requests',
    title: 'generated requests, 20 seeds',
    goal: '0 x 5xx, 0 leaks, errors in the envelope',
    count: 100_000,
    run: (count, progress) =>
      sendGeneratedRequests(
        { count, seeds: Array.from({ length: SEEDS }, (_, index) => SEED + index) },
        progress,
      ),
  },
  {
    name: 'texts',
    title: 'hostile texts per category',
    goal: 'stored verbatim or refused, 0 effects',
    count: 500,
    run: (perCategory, progress) =>
      onServer((server) => plantHostileTexts(server, { perCategory }, progress)),
  },
  {
    name: 'bodies',
    title: 'mutated bodies per protocol, and 200 bombs',
    goal: '0 x 5xx, memory <= 512 MiB',
    count: 2_000,
    run: (perCategory, progress) =>
      onDatabase((database) => sendHostileBodies(database, { perCategory, bombs: BOMBS }, progress)),
  },
  {
    name: 'connections',
    title: 'connections at 1 byte a second',
    goal: 'others p99 < 500 ms, closed <= 35 s',
    count: 500,
    run: (sockets, progress) => onDatabase((database) => holdConnections(database, { sockets }, progress)),
  },
  {
    name: 'overload',
    title: 'seconds of 10 x what it can take in',
    goal: 'excess refused <= 1 s, people p99 <= 1 s',
    count: 60,
    run: (seconds, progress) => overload({ seconds }, progress),
  },
  {
    name: 'kill-worker',
    title: 'kill -9 of the worker around a send',
    goal: '<= 1 effect per step, none stuck',
    count: 100,
    run: (kills, progress) => onDatabase((database) => killTheWorker(database, { kills }, progress)),
  },
  {
    name: 'pause-worker',
    title: 'SIGSTOP of the worker for longer than its lease',
    goal: 'sends and changes nothing, late outcome audited',
    count: 20,
    run: (pauses, progress) => onDatabase((database) => pauseTheWorker(database, { pauses }, progress)),
  },
  {
    name: 'verbs',
    title: 'approve, execute and cancel, 20 at once on 2 processes',
    goal: '1 winner, <= 1 effect',
    count: 500,
    run: (rounds, progress) =>
      onDatabase((database) => raceVerbs(database, { rounds, parallel: 20 }, progress)),
  },
  {
    name: 'access',
    title: 'roles and keys x operations, all',
    goal: '100 % as declared',
    count: 1,
    run: () => runSuite('server', 'test/conformance/access-matrix', {}),
  },
  {
    name: 'properties',
    title: 'runs of each property test but three slow ones',
    goal: '0 counter-examples',
    count: 100_000,
    run: (runs) => runSuite('unit', 'src/', { PROPERTY_RUNS: String(runs) }),
  },
];

/** Rows that are measured when what they measure is built. */
export const NOT_BUILT: readonly (readonly [title: string, goal: string])[] = [
  ['prompt injections, a model that obeys', '0 effects'],
];

async function onDatabase<T>(work: (database: TestDatabase) => Promise<T>): Promise<T> {
  const database = await createTestDatabase();
  try {
    return await work(database);
  } finally {
    await database.drop();
  }
}

async function onServer<T>(work: (server: TestApp) => Promise<T>): Promise<T> {
  const server = await TestApp.start();
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}
