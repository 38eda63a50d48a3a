import { performance } from 'node:perf_hooks';

import { Client } from 'pg';

import { FOLD_COUNTS } from '../../../src/anomaly/anomaly-list.repository';
import { Row } from './bench-result';
import { BenchRun } from './bench-run';
import { Outcome, Tally } from './load';

const CLIENTS = 8;
const WORK = 'insert';

const INSERT = {
  name: 'insert',
  text: `INSERT INTO anomalies (title, description, severity, anomaly_score, confidence, source)
         VALUES ('CPU usage of web-1', 'It stood at 97 percent for five minutes', $1, 0.9, 0.8, $2)`,
};

/** Row 11: what keeping the statistics costs an INSERT, the folding of the turn's deltas included; PostgreSQL alone, no server between. */
export async function measureInsert(run: BenchRun): Promise<Row[]> {
  await run.cluster.seed('bench_counted', 1);
  await run.cluster.copy('bench_counted', 'bench_uncounted');
  await run.cluster.within('bench_uncounted', (client) =>
    client.query('ALTER TABLE anomalies DISABLE TRIGGER USER'),
  );
  const clients = new Map<string, Client[]>();
  for (const database of ['bench_counted', 'bench_uncounted'])
    clients.set(database, await connect(run, database));
  try {
    await run.rotate([...clients], async ([database, writers], round) => {
      await run.cluster.truncate(database);
      await insertFor(writers, 300, database);
      await run.cluster.truncate(database);
      const { acknowledged } = await run.measure(
        { work: WORK, target: database, round },
        { database, serverPid: null },
        () => insertFor(writers, run.pace.turnMs, database),
      );
      await check(run, database, acknowledged);
    });
  } finally {
    await Promise.all([...clients.values()].flat().map((client) => client.end()));
  }
  run.probeDisk();
  return [
    run.row({
      id: '11',
      title: 'INSERT with statistics / without',
      goal: { kind: 'at least', ratio: 0.75 },
      work: WORK,
      ours: 'bench_counted',
      baseline: 'bench_uncounted',
      read: ({ opsPerSecond }) => opsPerSecond,
    }),
  ];
}

async function connect(run: BenchRun, database: string): Promise<Client[]> {
  const clients = Array.from(
    { length: CLIENTS },
    () => new Client({ connectionString: run.cluster.url(database) }),
  );
  for (const client of clients) await client.connect();
  return clients;
}

async function insertFor(clients: readonly Client[], durationMs: number, database: string): Promise<Outcome> {
  const tally = new Tally();
  const start = performance.now();
  let n = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() - start < durationMs) {
        const sent = performance.now();
        const values = [['low', 'medium', 'high', 'critical'][n % 4], `source-${n++ % 7}`];
        await client.query({ ...INSERT, values });
        tally.note(201, performance.now() - sent);
      }
    }),
  );
  if (database === 'bench_counted') await clients[0].query(FOLD_COUNTS);
  return tally.outcome((performance.now() - start) / 1_000);
}

async function check(run: BenchRun, database: string, acknowledged: number): Promise<void> {
  const stored = await run.cluster.number(database, 'SELECT count(*) AS value FROM anomalies');
  if (stored !== acknowledged) run.blame(WORK, `${acknowledged} acknowledged, ${stored} stored`);
  if (database !== 'bench_counted') return;
  const counted = await run.cluster.number(database, 'SELECT sum(count) AS value FROM anomaly_counts');
  if (counted !== stored) run.blame(WORK, `${stored} stored, ${counted} counted`);
}
