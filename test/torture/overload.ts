import { ServerProcess } from '../support/server-process';
import { ControlRequests } from './control-requests';
import type { FloodReport } from './flood';
import { FloodProcess } from './flood-process';
import { ALERTS, FLOOD_ALERT, FLOOD_METRIC, isAlerts, LANES, SERIES } from './numbered-requests';
import { PeakMemory } from './peak-memory';
import { Breaches, Outcome, Progress, unheard } from './scenario';

const TIMES = 10;
const CALM_SECONDS = 5;
/** Enough that nothing idles, and few enough that nothing is refused. */
const AT_ONCE = 64;
/** Of its capacity a server that is not loaded gets so much. */
const CALM_SHARE = 0.1;
const RECOVERY_LIMIT_MS = 10_000;

const REFUSAL_LIMIT_MS = 1_000;
const CONTROL_LIMIT_MS = 1_000;
const SLOWER_LIMIT = 4;
/** Below it a latency says more of the machine, on which generator and server share two cores, than of the server. */
const FLOOR_MS = 50;
const RSS_LIMIT_MIB = 512;
const RSS_GROWTH_LIMIT = 1.5;

/**
 * Ten times of what a server can take in, for as long as it is told, from senders who do not wait for answers (safety I18, I19): what is too much is
 * refused at once, what is taken is taken as fast as ever and kept, memory stays bounded, and people are served meanwhile.
 */
export async function overload(
  { seconds, connections = 1_000 }: { seconds: number; connections?: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  // One person asks and approves here.
  const server = await ServerProcess.start({ REMEDIATION_FOUR_EYES: 'false' });
  const flood = new FloodProcess(await keyOf(server), Date.now());
  const memory = new PeakMemory(server.child.pid!);
  try {
    const control = await ControlRequests.prepare(server);
    // Series are registered and code is compiled before anything is measured.
    await flood.send(server.url, { ratePerSecond: null, connections: AT_ONCE, seconds: CALM_SECONDS });
    const most = await flood.send(server.url, {
      ratePerSecond: null,
      connections: AT_ONCE,
      seconds: CALM_SECONDS,
    });
    const capacity = acceptedOf(most) / most.seconds;
    control.start();
    const calm = await flood.send(server.url, {
      ratePerSecond: capacity * CALM_SHARE,
      connections: 16,
      seconds: CALM_SECONDS,
    });
    await control.stop();
    const calmControlP99Ms = quantile(control.latenciesMs, 0.99);
    const steadyMib = memory.take();
    control.start();
    let passed = 0;
    const ticks = setInterval(() => progress((passed += 1), seconds), 1_000);
    const storm = await flood.send(server.url, { ratePerSecond: capacity * TIMES, connections, seconds });
    clearInterval(ticks);
    await control.stop();
    const peakMib = memory.take();
    const recoveryMs = await untilCalm(flood, server, capacity * CALM_SHARE, calm);

    const controlP99Ms = quantile(control.latenciesMs, 0.99);
    const verbs = Object.entries(control.remediationMs).map(
      ([verb, latenciesMs]) => [verb, quantile(latenciesMs, 0.99)] as const,
    );
    const slowestAcceptedMs = Math.max(FLOOR_MS, calm.accepted.p99Ms * SLOWER_LIMIT);
    breaches.add(...control.failures);
    breaches.add(
      ...breachesOf([
        [`refused p99 ${ms(storm.refused.p99Ms)}`, storm.refused.p99Ms > REFUSAL_LIMIT_MS],
        [`${storm.withoutRetryAfter} refusals without Retry-After`, storm.withoutRetryAfter > 0],
        [`answers: ${JSON.stringify(storm.statuses)}`, hasOther(storm)],
        [
          `accepted p99 ${ms(storm.accepted.p99Ms)}, unloaded ${ms(calm.accepted.p99Ms)}`,
          storm.accepted.p99Ms > slowestAcceptedMs,
        ],
        [`control p99 ${ms(controlP99Ms)}`, controlP99Ms > CONTROL_LIMIT_MS],
        ...verbs.map(([verb, p99Ms]) => [`${verb} p99 ${ms(p99Ms)}`, p99Ms > CONTROL_LIMIT_MS] as const),
        [`memory rose to ${peakMib} MiB from ${steadyMib}`, peakMib > steadyMib * RSS_GROWTH_LIMIT],
        [`memory rose to ${peakMib} MiB`, peakMib > RSS_LIMIT_MIB],
        [`not back to normal after ${RECOVERY_LIMIT_MS / 1_000} s`, recoveryMs === null],
      ]),
    );
    breaches.add(...(await lostOf(server, flood)));
    return {
      figures: {
        'requests/s at most': Math.round(capacity),
        'samples/s at most': Math.round(sentBy(most, 'samples') / most.seconds),
        'alerts/s at most': Math.round(sentBy(most, 'alerts') / most.seconds),
        'requests/s offered': Math.round(offeredOf(storm) / storm.seconds),
        'requests/s taken': Math.round(acceptedOf(storm) / storm.seconds),
        refused: offeredOf(storm) - acceptedOf(storm) - storm.unsent,
        'found no connection': storm.unsent,
        'unloaded p99 ms': Math.round(calm.accepted.p99Ms),
        'accepted p50 ms': Math.round(storm.accepted.p50Ms),
        'accepted p99 ms': Math.round(storm.accepted.p99Ms),
        'refused p99 ms': Math.round(storm.refused.p99Ms),
        'slowest refusal ms': Math.round(storm.refused.maxMs),
        'control unloaded p99 ms': Math.round(calmControlP99Ms),
        'control p99 ms': Math.round(controlP99Ms),
        'control requests': control.latenciesMs.length,
        ...Object.fromEntries(verbs.map(([verb, p99Ms]) => [`${verb} p99 ms`, Math.round(p99Ms)])),
        'steady MiB': steadyMib,
        'peak MiB': peakMib,
        'normal after ms': Math.round(recoveryMs ?? RECOVERY_LIMIT_MS),
        acknowledged: flood.acknowledged.length,
      },
      breaches: breaches.list,
    };
  } finally {
    memory.stop();
    await flood.stop();
    await server.stop();
  }
}

async function keyOf(server: ServerProcess): Promise<string> {
  const { body } = await server.fetch('/api/auth/keys', {
    method: 'POST',
    body: { name: 'flood', scopes: ['telemetry:write', 'alerts:write'] },
  });
  return body.data.key as string;
}

/** How long it takes until a second of light load is answered as before the storm; null where it does not within the limit. */
async function untilCalm(
  flood: FloodProcess,
  server: ServerProcess,
  ratePerSecond: number,
  calm: FloodReport,
): Promise<number | null> {
  const start = performance.now();
  const enough = Math.max(FLOOR_MS, calm.accepted.p99Ms * SLOWER_LIMIT);
  for (;;) {
    const begun = performance.now() - start;
    if (begun > RECOVERY_LIMIT_MS) return null;
    const now = await flood.send(server.url, { ratePerSecond, connections: 16, seconds: 1 });
    if (acceptedOf(now) === offeredOf(now) && now.accepted.p99Ms <= enough) return begun;
  }
}

/** What was acknowledged and cannot be read. */
async function lostOf(server: ServerProcess, { acknowledged, requests }: FloodProcess): Promise<string[]> {
  const times = new Map(Array.from({ length: LANES }, (_, lane) => [lane, new Set<number>()]));
  const groups = new Set<number>();
  for (const number of acknowledged) {
    const promised = requests.promisedBy(number);
    if (promised.kind === 'alerts') groups.add(promised.group);
    else times.get(promised.lane)!.add(promised.timeMs);
  }
  const breaches: string[] = [];
  for (const [lane, wanted] of times)
    for (const place of [0, SERIES - 1]) {
      const stored = await storedTimes(server, lane, place);
      const lost = [...wanted].filter((time) => !stored.has(time));
      if (lost.length > 0) breaches.push(`lost: ${lost.length} samples of series ${lane}/${place}`);
    }
  const { body } = await server.fetch(`/api/v2/alerts?filter=alertname="${FLOOD_ALERT}"`);
  const alerts = JSON.parse(JSON.stringify(typeof body === 'string' ? JSON.parse(body) : body)) as unknown[];
  if (alerts.length < groups.size * ALERTS)
    breaches.push(`lost: ${groups.size * ALERTS - alerts.length} alerts`);
  return breaches;
}

async function storedTimes(server: ServerProcess, lane: number, place: number): Promise<Set<number>> {
  const labels = encodeURIComponent(`lane:${lane},place:${place}`);
  const found = await server.fetch(`/api/telemetry/series?name=${FLOOD_METRIC}&labels=${labels}`);
  const [series] = found.body.data.series as { id: number }[];
  if (series === undefined) return new Set();
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const stored = new Set<number>();
  let before = '';
  // An answer holds the newest; what is older is asked for next.
  for (let isMore = true; isMore;) {
    const { body } = await server.fetch(`/api/telemetry/series/${series.id}/samples?from=${from}${before}`);
    const samples = body.data.samples as [string, number][];
    for (const [time] of samples) stored.add(Date.parse(time));
    isMore = body.data.truncated as boolean;
    before = `&to=${samples[0]?.[0]}`;
  }
  return stored;
}

function acceptedOf({ acknowledged }: FloodReport): number {
  return acknowledged.length;
}

function offeredOf({ statuses, unsent }: FloodReport): number {
  return Object.values(statuses).reduce((sum, count) => sum + count, unsent);
}

function sentBy({ acknowledged }: FloodReport, kind: 'samples' | 'alerts'): number {
  const alerts = acknowledged.filter(isAlerts).length;
  return kind === 'alerts' ? alerts * ALERTS : (acknowledged.length - alerts) * SERIES;
}

/** Whether anything was answered but success, "too many" and "not now". */
function hasOther({ statuses }: FloodReport): boolean {
  return Object.keys(statuses).some((status) => !['200', '204', '429', '503'].includes(status));
}

function breachesOf(checks: readonly (readonly [what: string, isBreached: boolean])[]): string[] {
  return checks.filter(([, isBreached]) => isBreached).map(([what]) => what);
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
