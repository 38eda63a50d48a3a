import { isDeepStrictEqual } from 'node:util';

import { Row } from './bench-result';
import { BenchRun, sourceOf } from './bench-run';
import { COMMON_SCHEMA } from './common/entities';
import { loadClosed, Outcome, RawRequest, rawRequest } from './load';
import { TargetName, TargetServer } from './target-server';
import { Goal } from './verdict';

const CONNECTIONS = 16;
/** Pools close connections that are idle for ten seconds; each turn opens them again before it counts. */
const SETTLE_MS = 300;
const SEEDED = 100_000;
const BODIES = 64;
const LIST = '/api/anomalies?status=open&severity=high&per_page=20';

export type Work = 'get' | 'list' | 'post';

interface RequestGoal {
  readonly row: string;
  readonly id: string;
  readonly title: string;
  readonly work: Work;
  readonly baseline: TargetName;
  readonly goal: Goal;
}

const atLeast = (ratio: number): Goal => ({ kind: 'at least', ratio });

const GOALS: readonly RequestGoal[] = [
  { row: '1', id: '1', title: 'GET by id of 100 k / raw', work: 'get', baseline: 'raw', goal: atLeast(0.85) },
  {
    row: '2',
    id: '2',
    title: 'list of 20 of 10 k of 100 k / raw',
    work: 'list',
    baseline: 'raw',
    goal: atLeast(0.9),
  },
  { row: '3', id: '3', title: 'POST / raw', work: 'post', baseline: 'raw', goal: atLeast(0.8) },
  {
    row: '4',
    id: '4 get',
    title: 'GET by id of 100 k / common Nest',
    work: 'get',
    baseline: 'common',
    goal: atLeast(2.5),
  },
  {
    row: '4',
    id: '4 list',
    title: 'list of 20 of 10 k of 100 k / common Nest',
    work: 'list',
    baseline: 'common',
    goal: atLeast(8),
  },
  { row: '4', id: '4 post', title: 'POST / common Nest', work: 'post', baseline: 'common', goal: atLeast(3) },
];

/** Rows 1 to 4: the product against both baselines, all servers up, one database each, the same seed. */
export async function measureRequests(run: BenchRun, wanted: ReadonlySet<string>): Promise<Row[]> {
  const goals = GOALS.filter(({ row }) => wanted.has(row));
  if (goals.length === 0) return [];
  const names: TargetName[] = ['ours', ...new Set(goals.map(({ baseline }) => baseline))];
  await run.cluster.seed('bench_seed', SEEDED);
  const servers: TargetServer[] = [];
  try {
    for (const name of names) {
      await run.cluster.copy('bench_seed', `bench_${name}`);
      if (name === 'common')
        await run.cluster.within('bench_common', (client) => client.query(COMMON_SCHEMA));
      servers.push(await TargetServer.start(name, `bench_${name}`, run.cluster));
    }
    for (const work of ['get', 'list', 'post'] as const) {
      const targets = servers.filter(
        ({ name }) => name === 'ours' || goals.some((goal) => goal.work === work && goal.baseline === name),
      );
      if (targets.length > 1) await measureWork(run, work, targets);
    }
  } finally {
    for (const server of servers) await server.stop();
  }
  return goals.map(({ id, title, goal, work, baseline }) =>
    run.row({ id, title, goal, work, ours: 'ours', baseline, read: ({ opsPerSecond }) => opsPerSecond }),
  );
}

async function measureWork(run: BenchRun, work: Work, targets: readonly TargetServer[]): Promise<void> {
  if (work !== 'post') await compareAnswers(run, work, targets);
  for (const target of targets)
    await loadClosed(target.port, requestsOf(work, await target.headers()), CONNECTIONS, run.pace.warmUpMs);
  await run.rotate(targets, async (target, round) => {
    if (work === 'post') await run.cluster.truncate(target.database);
    const requests = requestsOf(work, await target.headers());
    const load = (durationMs: number): Promise<Outcome> =>
      loadClosed(target.port, requests, CONNECTIONS, durationMs);
    const sealed = async (): Promise<void> => {
      if (work === 'post' && target.name === 'ours') await run.cluster.awaitSeals(target.database);
    };
    const settled = await load(SETTLE_MS);
    await sealed();
    const { acknowledged } = await run.measure(
      { work, target: target.name, round },
      sourceOf(target),
      async () => {
        const outcome = await load(run.pace.turnMs);
        await sealed();
        return outcome;
      },
    );
    if (work === 'post') await checkStored(run, target, settled.acknowledged + acknowledged);
  });
  run.probeDisk();
}

export function requestsOf(
  work: Work,
  headers: Readonly<Record<string, string>>,
  seeded = SEEDED,
): RawRequest[] {
  switch (work) {
    case 'get':
      // A stride without a common factor visits the whole table.
      return Array.from({ length: 2_000 }, (_, n) =>
        rawRequest('GET', `/api/anomalies/${1 + ((n * 7_919) % seeded)}`, headers),
      );
    case 'list':
      return [rawRequest('GET', LIST, headers)];
    case 'post':
      return Array.from({ length: BODIES }, (_, n) =>
        rawRequest('POST', '/api/anomalies', headers, anomaly(n)),
      );
  }
}

function anomaly(n: number): object {
  return {
    title: `CPU usage of web-${n} is far outside its band`,
    description: `The usage of host web-${n} stood at 97 percent for five minutes, where its usual band ends at 60 percent.`,
    severity: (['low', 'medium', 'high', 'critical'] as const)[n % 4],
    anomaly_score: n / BODIES,
    confidence: 0.87,
    source: `source-${n % 7}`,
    explanation: 'Seven of nine views agree',
    metrics_data: { cpu_usage: 97.2, host: `web-${n}` },
  };
}

/** Servers that answer different things cannot be compared. */
async function compareAnswers(
  run: BenchRun,
  work: 'get' | 'list',
  targets: readonly TargetServer[],
): Promise<void> {
  const [ours, ...others] = targets;
  for (const path of work === 'get' ? ['/api/anomalies/1', '/api/anomalies/4711'] : [LIST]) {
    const expected = comparable(await ours.get<Answer>(path));
    for (const other of others) {
      if (!isDeepStrictEqual(comparable(await other.get<Answer>(path)), expected))
        run.blame(work, `${other.name} does not answer ${path} as the product does`);
    }
  }
  if (work === 'list') await checkStatistics(run, work, ours);
}

interface Answer {
  readonly pagination?: { readonly next_cursor?: string };
}

/** The common server has no cursor; whether there is one is part of nobody's comparison. */
function comparable({ pagination, ...rest }: Answer): object {
  return pagination === undefined ? rest : { ...rest, pagination: { ...pagination, next_cursor: undefined } };
}

async function checkStored(
  run: BenchRun,
  { name, database }: TargetServer,
  acknowledged: number,
): Promise<void> {
  for (const table of ['anomalies', 'anomaly_history', 'audit_log']) {
    const stored = await run.cluster.number(database, `SELECT count(*) AS value FROM ${table}`);
    if (stored !== acknowledged)
      run.blame('post', `${name} acknowledged ${acknowledged} and stored ${stored} rows in ${table}`);
  }
  if (name === 'common') return;
  const counted = await run.cluster.number(
    database,
    `SELECT sum(n) AS value FROM (SELECT count AS n FROM anomaly_counts UNION ALL SELECT delta FROM anomaly_count_deltas) AS counts`,
  );
  if (counted !== acknowledged) run.blame('post', `${name} stored ${acknowledged} and counted ${counted}`);
}

/** The statistics are those of the table. */
export async function checkStatistics(run: BenchRun, work: string, server: TargetServer): Promise<void> {
  const { stats } = await server.get<{ stats: { total_anomalies: number } }>('/api/anomalies/stats');
  const stored = await run.cluster.number(
    server.database,
    'SELECT count(*) AS value FROM anomalies WHERE deleted_at IS NULL',
  );
  if (stats.total_anomalies !== stored)
    run.blame(work, `the statistics say ${stats.total_anomalies}, the table holds ${stored}`);
}
