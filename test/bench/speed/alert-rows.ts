import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { BaselineProgram, BaselineServer, findBaseline } from './baseline-server';
import { notRunRow, Row, Turn } from './bench-result';
import { BenchRun, Comparison, sourceOf } from './bench-run';
import { loadClosed, loadOpen, Outcome, RawRequest, rawRequest } from './load';
import { TargetServer } from './target-server';
import { Goal } from './verdict';

const DATABASE = 'bench_alerts';
const TURN_MS = 1_500;
const SETTLE_MS = 300;
/** Different alerts, which fire and are told again and again, as Prometheus does. */
const ALERTS = 2_000;
const MINUTE_MS = 60_000;
/** One begin for all of a run: an alert that is told again is the same episode. */
const FIRED_AT = new Date(Date.now() - MINUTE_MS).toISOString();
/** Latencies count at half of the throughput that the goal asks for, so that the rate hangs on Alertmanager alone. */
const SHARE_OF_GOAL = 0.5;

export const ALERTMANAGER: BaselineProgram = {
  name: 'alertmanager',
  commands: ['prometheus-alertmanager', 'alertmanager'],
  parameters: (port, folder) => {
    const file = join(folder, 'alertmanager.yml');
    writeFileSync(file, 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
    return [
      `--config.file=${file}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ];
  },
};

interface Work {
  readonly name: string;
  readonly id: string;
  readonly title: string;
  readonly alertsAPost: number;
  readonly connections: number;
  readonly goal: Goal & { readonly kind: 'at least' };
}

const WORKS: readonly Work[] = [
  {
    name: 'alerts 1 x16',
    id: '9 one',
    title: 'alerts, 1 a POST, 16 senders',
    alertsAPost: 1,
    connections: 16,
    goal: { kind: 'at least', ratio: 0.3 },
  },
  {
    name: 'alerts 1 x64',
    id: '9 one of 64',
    title: 'alerts, 1 a POST, 64 senders',
    alertsAPost: 1,
    connections: 64,
    goal: { kind: 'at least', ratio: 0.3 },
  },
  {
    name: 'alerts 100 x16',
    id: '9 hundred',
    title: 'alerts, 100 a POST, 16 senders',
    alertsAPost: 100,
    connections: 16,
    goal: { kind: 'at least', ratio: 0.5 },
  },
];
/** Those whose latency counts as well. */
const PACED = WORKS.filter(({ connections }) => connections === 16);
const PAIR = { ours: 'ours', baseline: 'alertmanager' };
const COMPARISONS: readonly Comparison[] = [
  ...WORKS.map(({ name, id, title, goal }) => ({
    ...PAIR,
    id,
    title: `${title} / Alertmanager`,
    goal,
    work: name,
    read: ({ opsPerSecond }: Turn) => opsPerSecond,
  })),
  ...PACED.map(({ name, id, title }) => ({
    ...PAIR,
    id: `${id} p99`,
    title: `${title}, p99 / Alertmanager`,
    goal: { kind: 'at most', ratio: 1 } as const,
    work: paced(name),
    read: ({ p99Ms }: Turn) => p99Ms,
  })),
];

/** One of the two servers with what it has acknowledged. */
interface Target {
  readonly name: string;
  readonly server: TargetServer | BaselineServer;
  readonly headers: Readonly<Record<string, string>>;
  acknowledged: number;
}

/** Row 9: alerts that the product answers for once they are on disk, against Alertmanager, which holds them in memory. */
export async function measureAlerts(run: BenchRun): Promise<Row[]> {
  if (findBaseline(ALERTMANAGER) === null) {
    const reason = `Alertmanager is not installed (no ${ALERTMANAGER.commands.join(' or ')} on PATH)`;
    return COMPARISONS.map(({ id, title }) => notRunRow(id, title, reason));
  }
  await run.cluster.seed(DATABASE, 1);
  const ours = await TargetServer.start('ours', DATABASE, run.cluster);
  const theirs = await BaselineServer.start(ALERTMANAGER, run.cluster.folder);
  try {
    const targets: Target[] = [
      { name: 'ours', server: ours, headers: await ours.senderHeaders('alertmanager'), acknowledged: 0 },
      { name: 'alertmanager', server: theirs, headers: {}, acknowledged: 0 },
    ];
    for (const work of WORKS) {
      const capacity = await measureWork(run, work, targets);
      if (PACED.includes(work)) await measurePace(run, work, targets, capacity);
      for (const target of targets) await checkStored(run, work, target);
    }
  } finally {
    await ours.stop();
    await theirs.stop();
  }
  return COMPARISONS.map((comparison) => run.row(comparison));
}

/** Returns how many requests a second Alertmanager answered. */
async function measureWork(run: BenchRun, work: Work, targets: readonly Target[]): Promise<number> {
  let capacity = 0;
  const load = async (target: Target, durationMs: number): Promise<Outcome> =>
    count(
      target,
      work,
      await loadClosed(target.server.port, requests(work, target), work.connections, durationMs),
    );
  for (const target of targets) await load(target, run.pace.warmUpMs);
  await run.rotate(targets, async (target, round) => {
    await load(target, SETTLE_MS);
    const { ops, seconds } = await run.measure(
      { work: work.name, target: target.name, round },
      sourceOf(target.server),
      () => load(target, TURN_MS),
      work.alertsAPost,
    );
    if (target.name === 'alertmanager') capacity = Math.max(capacity, ops / seconds);
  });
  run.probeDisk();
  return capacity;
}

async function measurePace(
  run: BenchRun,
  work: Work,
  targets: readonly Target[],
  capacity: number,
): Promise<void> {
  const rate = capacity * work.goal.ratio * SHARE_OF_GOAL;
  await run.rotate(targets, async (target, round) => {
    const load = async (durationMs: number): Promise<Outcome> =>
      count(target, work, await loadOpen(target.server.port, requests(work, target), rate, durationMs));
    await load(SETTLE_MS);
    await run.measure(
      { work: paced(work.name), target: target.name, round },
      sourceOf(target.server),
      () => load(TURN_MS),
      work.alertsAPost,
    );
  });
}

function paced(work: string): string {
  return `${work} paced`;
}

function count(target: Target, { alertsAPost }: Work, outcome: Outcome): Outcome {
  target.acknowledged += outcome.acknowledged * alertsAPost;
  return outcome;
}

/** All alerts in posts of so many, as of now. */
function requests({ alertsAPost }: Work, { headers }: Target): RawRequest[] {
  const nowMs = Date.now();
  return Array.from({ length: ALERTS / alertsAPost }, (_, post) =>
    rawRequest(
      'POST',
      '/api/v2/alerts',
      headers,
      Array.from({ length: alertsAPost }, (_, n) => alert(post * alertsAPost + n, nowMs)),
    ),
  );
}

function alert(n: number, nowMs: number): object {
  return {
    labels: {
      alertname: ['HighCPU', 'DiskFull', 'TargetDown', 'HighLatency'][n % 4],
      instance: `app-${n}.eu-central-1.example.internal:9090`,
      job: 'checkout-service',
      region: 'eu-central-1',
      severity: ['warning', 'critical'][n % 2],
    },
    annotations: {
      summary: `app-${n} is in trouble`,
      description: `What was measured of app-${n} stood outside its band for five minutes.`,
    },
    startsAt: FIRED_AT,
    endsAt: new Date(nowMs + 4 * MINUTE_MS).toISOString(),
    generatorURL: 'http://prometheus.example.internal:9090/graph?g0.expr=up&g0.tab=1',
  };
}

/** Every alert stands there once, and ours has counted how often it was told. */
async function checkStored(run: BenchRun, work: Work, target: Target): Promise<void> {
  const { name, server, acknowledged } = target;
  const blame = (fault: string): void => {
    for (const affected of [work.name, paced(work.name)]) run.blame(affected, fault);
  };
  const listed =
    server instanceof TargetServer
      ? await run.cluster.number(
          server.database,
          `SELECT count(*) AS value FROM alerts WHERE status = 'firing'`,
        )
      : (JSON.parse(await server.get('/api/v2/alerts')) as unknown[]).length;
  if (listed !== ALERTS) blame(`${name} was told of ${ALERTS} alerts and has ${listed}`);
  if (!(server instanceof TargetServer)) return;
  const told = await run.cluster.number(server.database, 'SELECT sum(told_count) AS value FROM alerts');
  if (told !== acknowledged) blame(`${name} acknowledged ${acknowledged} alerts and counted ${told}`);
}
