import { gzipSync } from 'node:zlib';

import { compress } from 'snappyjs';

import { Seeded } from '../../src/common/seeded';
import type { IntegrationKind } from '../../src/telemetry/integrations/integration-kind';
import { ServerProcess } from '../support/server-process';
import type { TestDatabase } from '../support/test-database';
import {
  encodeMessage,
  encodeWriteRequest1,
  encodeWriteRequest2,
  EXPORT_METRICS,
} from '../support/wire-protos';
import { Bomb, makeBombs } from './bombs';
import { INTAKE_PROTOCOLS } from './intake-protocols';
import { mutateBytes, mutateJson } from './mutations';
import { PeakMemory } from './peak-memory';
import { Breaches, Outcome, Progress, unheard } from './scenario';

const SEED = 20;
const AT_ONCE = 4;
/** Nothing takes as long that does its work; the slowest is told. */
const ANSWER_LIMIT_MS = 10_000;
/** What a process may take of the machine whatever is sent (safety I18); unpacked bodies that nobody has collected yet come and go by 32 MiB. */
const MEMORY_LIMIT_MIB = 512;
/** What a sender is told where the body cannot be taken as it is, or not now. */
const EXPECTED = new Set([200, 201, 202, 204, 400, 403, 413, 415, 429, 503]);

type Sent = Omit<Bomb, 'what'> & { readonly key: string };

interface Keys {
  readonly program: string;
  readonly routing: string;
  readonly of: ReadonlyMap<IntegrationKind, string>;
}

type Maker = (random: Seeded, keys: Keys) => Sent;

const PROTOBUF = 'application/x-protobuf';
const SNAPPY = { 'content-type': PROTOBUF, 'content-encoding': 'snappy' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** What each category mutates. */
const CATEGORIES: Readonly<Record<string, Maker>> = {
  'remote write 1.0': (random, { program }) =>
    written(program, SNAPPY, encodeWriteRequest1(seriesOf(random)), random),
  'remote write 2.0': (random, { program }) =>
    written(
      program,
      { ...SNAPPY, 'content-type': `${PROTOBUF};proto=io.prometheus.write.v2.Request` },
      encodeWriteRequest2(seriesOf(random)),
      random,
    ),
  'OTLP in protobuf': (random, { program }) =>
    exported(program, PROTOBUF, mutateBytes(encodeMessage(EXPORT_METRICS, otlpOf(random)), random), random),
  'OTLP in JSON': (random, { program }) =>
    exported(program, 'application/json', Buffer.from(mutateJson(otlpOf(random), random)), random),
  'Alertmanager’s API': (random, { program }) => ({
    path: '/api/v2/alerts',
    key: program,
    headers: JSON_TYPE,
    body: Buffer.from(mutateJson(alertsOf(random), random)),
  }),
  samples: (random, { program }) => ({
    path: '/api/telemetry/samples',
    key: program,
    headers: JSON_TYPE,
    body: Buffer.from(
      mutateJson(
        { samples: [{ name: 'hostile', labels: { a: 'b' }, value: 1, timestamp: Date.now() }] },
        random,
      ),
    ),
  }),
  webhooks: (random, keys) => webhookOf(random, keys),
};

export const HOSTILE_CATEGORIES = Object.keys(CATEGORIES);

/**
 * Mutated bodies of every protocol, and bombs (safety T19, T20): each is taken or refused, never a fault of ours; memory stays where it was,
 * and what is sent properly afterwards is stored.
 */
export async function sendHostileBodies(
  database: TestDatabase,
  { perCategory, bombs }: { perCategory: number; bombs: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  const server = await ServerProcess.start({ DATABASE_URL: database.url });
  const memory = new PeakMemory(server.child.pid!);
  const all = perCategory * HOSTILE_CATEGORIES.length + bombs;
  const statuses = new Map<number, number>();
  let sent = 0;
  let slowestMs = 0;
  const send = async (what: string, request: Sent): Promise<void> => {
    const start = performance.now();
    const fault = await faultOf(server, request, statuses);
    slowestMs = Math.max(slowestMs, performance.now() - start);
    if (fault !== null)
      breaches.add(
        `${what}: ${fault}\n  ${request.path} ${request.body.subarray(0, 300).toString('base64')}`,
      );
    sent += 1;
    if (sent % 10 === 0) progress(sent, all);
  };
  try {
    const keys = await makeKeys(server);
    for (const [index, [name, make]] of Object.entries(CATEGORIES).entries()) {
      const random = new Seeded(SEED + index);
      for (let n = 0; n < perCategory; n += AT_ONCE)
        await Promise.all(
          Array.from({ length: Math.min(AT_ONCE, perCategory - n) }, () => send(name, make(random, keys))),
        );
    }
    const kinds = makeBombs();
    // One of each first, so that growth from one to the next shows.
    for (const bomb of kinds) await send(bomb.what, { ...bomb, key: keyOf(bomb, keys) });
    const beforeMib = memory.take();
    for (let n = 0; n < bombs; n += 1) {
      const bomb = kinds[n % kinds.length];
      await send(bomb.what, { ...bomb, key: keyOf(bomb, keys) });
    }
    const peakMib = memory.take();
    if (Math.max(beforeMib, peakMib) > MEMORY_LIMIT_MIB)
      breaches.add(`memory rose to ${beforeMib} MiB with one bomb of each, then to ${peakMib} MiB`);
    breaches.add(...(await cleanOnes(server, keys)));
    return {
      figures: {
        'mutated bodies': sent - bombs - kinds.length,
        bombs: bombs + kinds.length,
        stored: [200, 201, 202, 204].reduce((sum, status) => sum + (statuses.get(status) ?? 0), 0),
        refused: [400, 413, 415].reduce((sum, status) => sum + (statuses.get(status) ?? 0), 0),
        'told to wait': (statuses.get(429) ?? 0) + (statuses.get(503) ?? 0),
        'slowest ms': Math.round(slowestMs),
        'MiB at most with one of each': beforeMib,
        'MiB at most with all of them': peakMib,
      },
      breaches: breaches.list,
    };
  } finally {
    memory.stop();
    await server.stop();
  }
}

/** What is wrong with the answer, or null. */
async function faultOf(
  server: ServerProcess,
  { path, key, headers, body }: Sent,
  statuses: Map<number, number>,
): Promise<string | null> {
  try {
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${key}` },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const text = await answer.text();
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (!EXPECTED.has(answer.status)) return `${answer.status} ${text.slice(0, 300)}`;
    const isToWait = answer.status === 429 || answer.status === 503;
    if (isToWait && !(Number(answer.headers.get('retry-after')) > 0))
      return `${answer.status} without Retry-After: ${text.slice(0, 300)}`;
    return null;
  } catch (error) {
    return server.hasEnded ? `the server ended: ${server.errors.slice(-500)}` : String(error);
  }
}

/** A proper request of every protocol is stored as if nothing had been. */
async function cleanOnes(server: ServerProcess, { program, of }: Keys): Promise<string[]> {
  const breaches: string[] = [];
  const told = { sender: 0, n: 1, timeMs: Date.now() };
  for (const { name, request, isStored } of INTAKE_PROTOCOLS) {
    const { path, key, headers, body } = request(told, { program, webhook: of.get('alertmanager_webhook')! });
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${key}` },
      body: new Uint8Array(body),
    });
    const text = await answer.text();
    if (!isStored(answer.status, text)) breaches.push(`afterwards ${name} answers ${answer.status}: ${text}`);
  }
  return breaches;
}

async function makeKeys(server: ServerProcess): Promise<Keys> {
  const { body } = await server.fetch('/api/auth/keys', {
    method: 'POST',
    body: { name: 'hostile', scopes: ['telemetry:write', 'alerts:write'] },
  });
  const kinds: IntegrationKind[] = ['alertmanager_webhook', 'grafana', 'json', 'cloudevents', 'pagerduty'];
  const of = new Map<IntegrationKind, string>();
  for (const kind of kinds) {
    const made = await server.fetch('/api/integrations', {
      method: 'POST',
      body: { name: kind, kind, events_per_5_minutes: 1_000_000 },
    });
    of.set(kind, (made.body.data.key ?? made.body.data.routing_key) as string);
  }
  return { program: body.data.key as string, routing: of.get('pagerduty')!, of };
}

function keyOf({ path }: Bomb, { program, of }: Keys): string {
  return path.includes('webhook') ? of.get('alertmanager_webhook')! : program;
}

function written(key: string, headers: Sent['headers'], body: Buffer, random: Seeded): Sent {
  const mutated = random.below(2) === 0;
  const packed = Buffer.from(compress(mutated ? mutateBytes(body, random) : body));
  return { path: '/api/v1/write', key, headers, body: mutated ? packed : mutateBytes(packed, random) };
}

function exported(key: string, type: string, body: Buffer, random: Seeded): Sent {
  const headers = { 'content-type': type };
  switch (random.below(3)) {
    case 0:
      return { path: '/v1/metrics', key, headers, body };
    case 1:
      return {
        path: '/v1/metrics',
        key,
        headers: { ...headers, 'content-encoding': 'gzip' },
        body: gzipSync(body),
      };
    default:
      return {
        path: '/v1/metrics',
        key,
        headers: { ...headers, 'content-encoding': 'gzip' },
        body: mutateBytes(gzipSync(body), random),
      };
  }
}

function webhookOf(random: Seeded, { of, routing }: Keys): Sent {
  const post = (
    path: string,
    kind: IntegrationKind,
    value: unknown,
    headers: Sent['headers'] = JSON_TYPE,
  ): Sent => ({
    path,
    key: of.get(kind)!,
    headers,
    body: Buffer.from(mutateJson(value, random)),
  });
  const notification = { version: '4', status: 'firing', receiver: 'r', alerts: alertsOf(random) };
  switch (random.below(5)) {
    case 0:
      return post('/api/alerts/webhook/alertmanager', 'alertmanager_webhook', notification);
    case 1:
      return post('/api/alerts/webhook/grafana', 'grafana', { ...notification, version: '1', orgId: 1 });
    case 2:
      return post('/api/alerts/json', 'json', { title: 'Hostile', status: 'firing', labels: { host: 'h' } });
    case 3:
      return post(
        '/api/alerts/cloudevents',
        'cloudevents',
        {
          specversion: '1.0',
          id: String(random.next()),
          source: '/s',
          type: 'a',
          data: { title: 'Hostile' },
        },
        { 'content-type': 'application/cloudevents+json' },
      );
    default:
      return post('/v2/enqueue', 'pagerduty', {
        routing_key: routing,
        event_action: random.of(['trigger', 'acknowledge', 'resolve']),
        dedup_key: 'hostile',
        payload: { summary: 'Hostile', source: 's', severity: 'critical', custom_details: { a: [1] } },
      });
  }
}

function seriesOf(random: Seeded) {
  return Array.from({ length: 1 + random.below(5) }, (_, n) => ({
    labels: [
      ['__name__', `hostile_${n}`],
      ['job', random.of(['a', 'ä', '\u{1f680}', 'x'.repeat(200)])],
    ] as const,
    samples: Array.from({ length: 1 + random.below(3) }, (_, k) => ({
      value: random.of([0, 1, NaN, Infinity, -1.5]),
      timestamp: Date.now() + k,
    })),
    type: random.below(9),
  }));
}

function otlpOf(random: Seeded): object {
  const head = {
    timeUnixNano: `${Date.now()}000000`,
    attributes: [{ key: 'host', value: { arrayValue: { values: [{ intValue: 7 }, { stringValue: 'x' }] } } }],
  };
  const kinds = [
    { gauge: { dataPoints: [{ ...head, asDouble: 0.5 }] } },
    { sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ ...head, asInt: 5 }] } },
    {
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [{ ...head, count: 3, sum: 1.5, bucketCounts: [1, 2], explicitBounds: [0.1] }],
      },
    },
    { exponentialHistogram: { aggregationTemporality: 2, dataPoints: [{ ...head, count: 1, sum: 1 }] } },
    {
      summary: { dataPoints: [{ ...head, count: 1, sum: 1, quantileValues: [{ quantile: 0.5, value: 1 }] }] },
    },
  ];
  return {
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'hostile' } }] },
        scopeMetrics: [{ metrics: [{ name: 'hostile.metric', ...random.of(kinds) }] }],
      },
    ],
  };
}

function alertsOf(random: Seeded): object[] {
  return Array.from({ length: 1 + random.below(3) }, (_, n) => ({
    status: random.of(['firing', 'resolved']),
    labels: { alertname: 'Hostile', n: String(n) },
    annotations: { summary: 's' },
    startsAt: new Date().toISOString(),
    endsAt: random.of(['0001-01-01T00:00:00Z', new Date(Date.now() + 60_000).toISOString()]),
    generatorURL: 'http://prometheus/graph',
  }));
}
