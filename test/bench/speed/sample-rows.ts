import { isDeepStrictEqual } from 'node:util';

import { BaselineServer, findBaseline } from './baseline-server';
import { notRunRow, Row } from './bench-result';
import { BenchRun } from './bench-run';
import { RequestQueue } from './load';
import { productReceiver, PROMETHEUS, prometheusReceiver } from './sample-receivers';
import { jsonBody, otlpJsonBody, remoteWriteBody, sampleValue, STEP_MS } from './sample-requests';
import { SampleSending, SampleWay, SampleWork } from './sample-sending';
import { TargetServer } from './target-server';
import { Goal } from './verdict';

const DATABASE = 'bench_samples';
const TURN_MS = 1_500;
const SETTLE_MS = 300;
const COMPARED_SAMPLES = 10;

const TEN: SampleWork = { name: 'samples 10k x2', senders: 2, count: 10_000 };
const EIGHT: SampleWork = { name: 'samples 1k x8', senders: 8, count: 1_000 };
const TWO: SampleWork = { name: 'samples 1k x2', senders: 2, count: 1_000 };

interface SampleGoal {
  readonly row: '5' | '6' | '8';
  readonly id: string;
  readonly title: string;
  readonly work: SampleWork;
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

async function waysOf(
  run: BenchRun,
  ours: TargetServer,
  theirs: BaselineServer | null,
): Promise<SampleWay[]> {
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

async function measureWork(run: BenchRun, work: SampleWork, ways: readonly SampleWay[]): Promise<void> {
  const sendings = ways.map((way) => new SampleSending(way, work));
  for (const sending of sendings)
    await sending.during(async (load) => (await load(run.pace.warmUpMs)).acknowledged);
  await run.rotate(sendings, async (sending, round) => {
    const { way } = sending;
    const startMs = way.receiver.clockMs;
    const queues = await sending.during(async (load) => {
      const settled = await load(SETTLE_MS);
      const outcome = await run.measure(
        { work: work.name, target: way.target, round },
        way.receiver.source,
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

async function checkStored(
  run: BenchRun,
  { name }: SampleWork,
  { target, receiver }: SampleWay,
): Promise<void> {
  const stored = await receiver.storedSamples();
  if (stored !== receiver.acknowledged)
    run.blame(name, `${target}: ${receiver.acknowledged} samples acknowledged, ${stored} stored`);
}

/** Reads a series of each sender back: the last samples that were sent must be there, each once, and as they were sent. */
async function compareAnswers(
  run: BenchRun,
  { name, count }: SampleWork,
  { target, receiver }: SampleWay,
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
