import { Row } from './bench-result';
import { BenchRun, sourceOf } from './bench-run';
import { loadClosed, loadOpen, RawRequest, rawRequest } from './load';
import { checkStatistics, requestsOf } from './request-rows';
import { TargetServer } from './target-server';
import { Goal } from './verdict';

const SMALL = 10_000;
const LARGE = 1_000_000;
const CONNECTIONS = 16;
/** Latencies count at half of what the small table's server can do, with requests that come whether or not it keeps up. */
const SHARE_OF_CAPACITY = 0.5;

const P50: Goal = { kind: 'at most', ratio: 1.2 };
const P99: Goal = { kind: 'at most', ratio: 1.5 };

const WORKS = ['get', 'list', 'list all', 'statistics'] as const;
type Work = (typeof WORKS)[number];

/** Row 10: the same server on ten thousand anomalies and on a million. */
export async function measureGrowth(run: BenchRun): Promise<Row[]> {
  await run.cluster.seed('bench_small', SMALL);
  await run.cluster.seed('bench_large', LARGE);
  const servers: TargetServer[] = [];
  try {
    for (const database of ['bench_small', 'bench_large'])
      servers.push(await TargetServer.start('ours', database, run.cluster));
    for (const server of servers) await checkStatistics(run, nameOf('statistics'), server);
    for (const work of WORKS) await measureWork(run, work, servers);
  } finally {
    for (const server of servers) await server.stop();
  }
  return WORKS.flatMap((work) => {
    const common = { work: nameOf(work), ours: 'bench_large', baseline: 'bench_small' };
    return [
      run.row({
        ...common,
        id: `10 ${work} p50`,
        title: `${work}, 1 M / 10 k, p50`,
        goal: P50,
        read: ({ p50Ms }) => p50Ms,
      }),
      run.row({
        ...common,
        id: `10 ${work} p99`,
        title: `${work}, 1 M / 10 k, p99`,
        goal: P99,
        read: ({ p99Ms }) => p99Ms,
      }),
    ];
  });
}

async function measureWork(run: BenchRun, work: Work, servers: readonly TargetServer[]): Promise<void> {
  let capacity = 0;
  for (const server of servers.toReversed()) {
    const { ops, seconds } = await loadClosed(
      server.port,
      await requests(work, server),
      CONNECTIONS,
      run.pace.warmUpMs,
    );
    capacity = ops / seconds;
  }
  await run.rotate(servers, async (server, round) => {
    const sent = await requests(work, server);
    const load = (durationMs: number) =>
      loadOpen(server.port, sent, capacity * SHARE_OF_CAPACITY, durationMs);
    await load(300);
    await run.measure({ work: nameOf(work), target: server.database, round }, sourceOf(server), () =>
      load(run.pace.turnMs),
    );
  });
  run.probeDisk();
}

async function requests(work: Work, server: TargetServer): Promise<RawRequest[]> {
  const headers = await server.headers();
  if (work === 'statistics') return [rawRequest('GET', '/api/anomalies/stats', headers)];
  if (work === 'list all') return [rawRequest('GET', '/api/anomalies', headers)];
  return requestsOf(work, headers, server.database === 'bench_large' ? LARGE : SMALL);
}

function nameOf(work: Work): string {
  return `growth: ${work}`;
}
