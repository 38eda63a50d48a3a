import { isDeepStrictEqual } from 'node:util';

import { BaselineProgram, BaselineServer, findBaseline } from './baseline-server';
import { notRunRow, Row } from './bench-result';
import { BenchRun, ProcessorSource, sourceOf } from './bench-run';
import { loadQueues, rawPost, RequestQueue } from './load';
import {
  jsonBody,
  otlpJsonBody,
  remoteWriteBody,
  SampleBody,
  sampleValue,
  SenderSeries,
  seriesLabels,
  STEP_MS,
} from './sample-requests';
import { TargetServer } from './target-server';
import { Goal } from './verdict';

const DATABASE = 'bench_samples';
const TURN_MS = 1_500;
const SETTLE_MS = 300;
/** Requests made ahead for a turn, in what a sender got through the last time. */
const AHEAD = 1.6;
const FIRST_REQUESTS = { '10000': 60, '1000': 500 } as const;
/** How far before now the first samples are: each is a step after the one before, and the last must not lie ahead. */
const BEGIN_BEFORE_MS = 8 * 3_600_000;
const COMPARED_SAMPLES = 10;

export const PROMETHEUS: BaselineProgram = {
  name: 'prometheus',
  commands: ['prometheus'],
  parameters: (port, folder) => [
    '--web.enable-remote-write-receiver',
    '--config.file=/dev/null',
    `--storage.tsdb.path=${folder}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ],
};

/** How one server is sent samples, and how it is asked what it has. */
interface Receiver {
  readonly server: { readonly name: string; readonly port: number };
  readonly source: ProcessorSource;
  storedSamples(): Promise<number>;
  /** [time, value] of one series in [fromMs, toMs). */
  read(series: number, fromMs: number, toMs: number): Promise<(readonly [number, number])[]>;
  /** Every sample after this one is later. */
  clockMs: number;
  acknowledged: number;
}

/** One protocol spoken to one receiver. */
interface Way {
  readonly target: string;
  readonly receiver: Receiver;
  readonly path: string;
  readonly body: (series: SenderSeries) => SampleBody;
  headers(): Promise<Record<string, string>>;
}

interface Work {
  readonly name: string;
  readonly senders: number;
  readonly count: 1_000 | 10_000;
}

const TEN: Work = { name: 'samples 10k x2', senders: 2, count: 10_000 };
const EIGHT: Work = { name: 'samples 1k x8', senders: 8, count: 1_000 };
const TWO: Work = { name: 'samples 1k x2', senders: 2, count: 1_000 };

interface SampleGoal {
  readonly row: '5' | '6' | '8';
  readonly id: string;
  readonly title: string;
  readonly work: Work;
  readonly ours: string;
  readonly baseline: string;
  readonly goal: Goal;
}

const atLeast = (ratio: number): Goal => ({ kind: 'at least', ratio });
const GOALS: readonly SampleGoal[] = [
  {
    row: '5',
    id: '5',
    title: 'remote write, 10 k samples a request, 2 senders / Prometheus',
    work: TEN,
    ours: 'ours',
    baseline: 'prometheus',
    goal: atLeast(1.5),
  },
  {
    row: '6',
    id: '6 eight',
    title: 'remote write, 1 k samples a request, 8 senders / Prometheus',
    work: EIGHT,
    ours: 'ours',
    baseline: 'prometheus',
    goal: atLeast(1.2),
  },
  {
    row: '6',
    id: '6 two',
    title: 'remote write, 1 k samples a request, 2 senders / Prometheus',
    work: TWO,
    ours: 'ours',
    baseline: 'prometheus',
    goal: atLeast(1),
  },
  {
    row: '8',
    id: '8 json',
    title: 'JSON, 1 k samples a request / our remote write',
    work: TWO,
    ours: 'json',
    baseline: 'ours',
    goal: atLeast(0.5),
  },
  {
    row: '8',
    id: '8 otlp',
    title: 'OTLP in JSON, 1 k samples a request / our remote write',
    work: TWO,
    ours: 'otlp json',
    baseline: 'ours',
    goal: atLeast(0.5),
  },
];

/**
 * Rows 5, 6 and 8: samples a second from senders that each have series of their own. Prometheus' receiver only stores; so what is held
 * against it is our process that receives (NODE_ROLE=api), while detection and compaction are those of a worker that is not there.
 */
export async function measureSamples(run: BenchRun, wanted: ReadonlySet<string>): Promise<Row[]> {
  const goals = GOALS.filter(({ row }) => wanted.has(row));
  if (goals.length === 0) return [];
  const isInstalled = findBaseline(PROMETHEUS) !== null;
  const feasible = goals.filter(({ baseline }) => baseline !== 'prometheus' || isInstalled);
  await run.cluster.seed(DATABASE, 1);
  const ours = await TargetServer.start('ours', DATABASE, run.cluster, { NODE_ROLE: 'api' });
  const theirs = isInstalled ? await BaselineServer.start(PROMETHEUS, run.cluster.folder) : null;
  try {
    const ways = await waysOf(run, ours, theirs);
    for (const work of [TEN, EIGHT, TWO]) {
      const names = new Set(
        feasible.filter((goal) => goal.work === work).flatMap((goal) => [goal.ours, goal.baseline]),
      );
      const targets = ways.filter(({ target }) => names.has(target));
      if (targets.length > 0) await measureWork(run, work, targets);
    }
  } finally {
    await ours.stop();
    await theirs?.stop();
  }
  return goals.map((goal) =>
    feasible.includes(goal)
      ? run.row({ ...goal, work: goal.work.name, read: ({ opsPerSecond }) => opsPerSecond })
      : notRunRow(goal.id, goal.title, 'Prometheus is not installed (no prometheus on PATH)'),
  );
}

async function waysOf(run: BenchRun, ours: TargetServer, theirs: BaselineServer | null): Promise<Way[]> {
  const product = productReceiver(run, ours);
  const remoteWrite = {
    path: '/api/v1/write',
    body: remoteWriteBody,
  };
  const protobuf = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
  const json = { 'content-type': 'application/json' };
  const key = await ours.senderHeaders('prometheus');
  const otlpKey = await ours.senderHeaders('otlp');
  return [
    {
      ...remoteWrite,
      target: 'ours',
      receiver: product,
      headers: () => Promise.resolve({ ...key, ...protobuf }),
    },
    ...(theirs === null
      ? []
      : [
          {
            ...remoteWrite,
            target: 'prometheus',
            receiver: prometheusReceiver(theirs),
            headers: () => Promise.resolve(protobuf),
          },
        ]),
    {
      target: 'json',
      receiver: product,
      path: '/api/telemetry/samples',
      body: jsonBody,
      headers: async () => ({ ...(await ours.headers()), ...json }),
    },
    {
      target: 'otlp json',
      receiver: product,
      path: '/v1/metrics',
      body: otlpJsonBody,
      headers: () => Promise.resolve({ ...otlpKey, ...json }),
    },
  ];
}

async function measureWork(run: BenchRun, work: Work, ways: readonly Way[]): Promise<void> {
  const bodies = new Map(ways.map((way) => [way.target, senderBodies(work, way)]));
  const requestsAhead = new Map<string, number>();
  const send = async (
    way: Way,
    measured: (load: (durationMs: number) => ReturnType<typeof loadQueues>) => Promise<number>,
  ): Promise<RequestQueue[]> => {
    const { receiver, path } = way;
    const count = requestsAhead.get(way.target) ?? FIRST_REQUESTS[work.count];
    const headers = await way.headers();
    const queues = (bodies.get(way.target) ?? []).map(
      (body) =>
        new RequestQueue(
          Array.from({ length: count }, (_, i) =>
            rawPost(path, headers, body(receiver.clockMs + i * STEP_MS)),
          ),
        ),
    );
    receiver.acknowledged +=
      work.count * (await measured((ms) => loadQueues(receiver.server.port, queues, ms)));
    const most = Math.max(...queues.map(({ sent }) => sent));
    receiver.clockMs += most * STEP_MS;
    requestsAhead.set(way.target, Math.ceil(most * AHEAD));
    return queues;
  };

  for (const way of ways) {
    await send(way, async (load) => (await load(run.pace.warmUpMs)).acknowledged);
  }
  await run.rotate(ways, async (way, round) => {
    const { receiver } = way;
    const startMs = receiver.clockMs;
    const queues = await send(way, async (load) => {
      const settled = await load(SETTLE_MS);
      const outcome = await run.measure(
        { work: work.name, target: way.target, round },
        receiver.source,
        () => load(TURN_MS),
        work.count,
      );
      return settled.acknowledged + outcome.acknowledged;
    });
    await checkStored(run, work, way);
    if (round === run.pace.rounds) await compareAnswers(run, work, way, startMs, queues);
  });
  run.probeDisk();
}

function senderBodies({ senders, count }: Work, { body }: Way): SampleBody[] {
  return Array.from({ length: senders }, (_, sender) => body({ first: sender * count, count }));
}

async function checkStored(run: BenchRun, { name }: Work, { target, receiver }: Way): Promise<void> {
  const stored = await receiver.storedSamples();
  if (stored !== receiver.acknowledged)
    run.blame(name, `${target}: ${receiver.acknowledged} samples acknowledged, ${stored} stored`);
}

/** Reads a series of each sender back: the last samples that were sent must be there, each once, and as they were sent. */
async function compareAnswers(
  run: BenchRun,
  { name, count }: Work,
  { target, receiver }: Way,
  startMs: number,
  queues: readonly RequestQueue[],
): Promise<void> {
  for (const [sender, { sent }] of queues.entries()) {
    const series = sender * count + ((sender * 7_919 + 13) % count);
    const endMs = startMs + sent * STEP_MS;
    const fromMs = endMs - Math.min(sent, COMPARED_SAMPLES) * STEP_MS;
    const expected: [number, number][] = [];
    for (let timeMs = fromMs; timeMs < endMs; timeMs += STEP_MS)
      expected.push([timeMs, sampleValue(series, timeMs)]);
    const read = await receiver.read(series, fromMs, endMs);
    if (!isDeepStrictEqual(read, expected))
      run.blame(name, `${target} answers other samples of series ${series} than were sent`);
  }
}

function selector(series: number): string {
  const matchers = Object.entries(seriesLabels(series)).map(([name, value]) => `${name}="${value}"`);
  return encodeURIComponent(`{${matchers.join(',')}}`);
}

function productReceiver(run: BenchRun, server: TargetServer): Receiver {
  return {
    server,
    source: sourceOf(server),
    clockMs: firstTimeMs(),
    acknowledged: 0,
    storedSamples: () =>
      run.cluster.number(
        server.database,
        `SELECT (SELECT coalesce(sum(sample_count), 0) FROM sample_batches) + (SELECT coalesce(sum(sample_count), 0) FROM sample_chunks) AS value`,
      ),
    read: async (series, fromMs, toMs) => {
      const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
      const { series: found } = await server.get<{ series: { samples: [string, number][] }[] }>(
        `/api/telemetry/query?match=${selector(series)}&from=${from}&to=${to}`,
      );
      return found.flatMap(({ samples }) =>
        samples.map(([time, value]) => [Date.parse(time), value] as const),
      );
    },
  };
}

function prometheusReceiver(server: BaselineServer): Receiver {
  return {
    server,
    source: sourceOf(server),
    clockMs: firstTimeMs(),
    acknowledged: 0,
    storedSamples: async () =>
      Number(
        /^prometheus_tsdb_head_samples_appended_total\S* (\S+)$/m.exec(await server.get('/metrics'))?.[1],
      ),
    read: async (series, fromMs, toMs) => {
      const range = `[${(toMs - fromMs) / 1_000}s]`;
      // A range of Prometheus' holds both its ends.
      const time = (toMs - 1) / 1_000;
      const answer = JSON.parse(
        await server.get(`/api/v1/query?query=${selector(series)}${encodeURIComponent(range)}&time=${time}`),
      ) as { data: { result: { values: [number, string][] }[] } };
      return answer.data.result.flatMap(({ values }) =>
        values.map(([seconds, value]) => [Math.round(seconds * 1_000), Number(value)] as const),
      );
    },
  };
}

function firstTimeMs(): number {
  return Math.floor((Date.now() - BEGIN_BEFORE_MS) / STEP_MS) * STEP_MS;
}
