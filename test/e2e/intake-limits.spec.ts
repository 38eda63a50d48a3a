import { compress } from 'snappyjs';

import { HOSTILE_INPUTS, HostileCategory, hostileTexts } from '../security/hostile-inputs';
import { DatabaseLine } from '../support/database-line';
import { Answer, eventually, TestApp } from '../support/test-app';
import {
  encodeMessage,
  encodeWriteRequest1,
  encodeWriteRequest2,
  EXPORT_METRICS,
  SentSeries,
} from '../support/wire-protos';

const PROTOBUF = 'application/x-protobuf';
const SNAPPY = { 'content-type': PROTOBUF, 'content-encoding': 'snappy' };
const JSON_TYPE = { 'content-type': 'application/json' };
/** What may be new within a minute. */
const NEW_SERIES = 20_000;
/** Requests that are worked on at once at any pace. */
const PLACES = 128;

const snappy = (bytes: Buffer): Buffer => Buffer.from(compress(bytes));
const series = (name: string, labels: Readonly<Record<string, string>> = {}): SentSeries => ({
  labels: [['__name__', name] as const, ...Object.entries(labels)].sort(([a], [b]) => (a < b ? -1 : 1)),
  samples: [{ value: 1, timestamp: Date.now() }],
});
const otlp = (name: string): object => ({
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: [{ name, gauge: { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, asDouble: 1 }] } }],
        },
      ],
    },
  ],
});

interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** A sample of a series by every protocol, and how each words a refusal. */
const PROTOCOLS: readonly (readonly [string, (name: string) => Sent, (answer: Answer) => boolean])[] = [
  [
    'remote write 1.0',
    (name) => ({ path: '/api/v1/write', headers: SNAPPY, body: snappy(encodeWriteRequest1([series(name)])) }),
    ({ text, body }) => body === null && text.length > 0,
  ],
  [
    'remote write 2.0',
    (name) => ({
      path: '/api/v1/write',
      headers: { ...SNAPPY, 'content-type': `${PROTOBUF};proto=io.prometheus.write.v2.Request` },
      body: snappy(encodeWriteRequest2([series(name)])),
    }),
    ({ text, body }) => body === null && text.length > 0,
  ],
  [
    'OTLP in protobuf',
    (name) => ({
      path: '/v1/metrics',
      headers: { 'content-type': PROTOBUF },
      body: encodeMessage(EXPORT_METRICS, otlp(name)),
    }),
    ({ headers }) => headers['content-type'] === PROTOBUF,
  ],
  [
    'OTLP in JSON',
    (name) => ({ path: '/v1/metrics', headers: JSON_TYPE, body: Buffer.from(JSON.stringify(otlp(name))) }),
    ({ body }) => typeof body.code === 'number' && typeof body.message === 'string',
  ],
  [
    'samples in JSON',
    (name) => ({
      path: '/api/telemetry/samples',
      headers: JSON_TYPE,
      body: Buffer.from(JSON.stringify({ samples: [{ name, value: 1 }] })),
    }),
    ({ body }) => body.status === 'error' && typeof body.code === 'string',
  ],
];

const ALERTS = [{ labels: { alertname: 'OneTooMany' } }];

describe('intake that is too much', () => {
  let server: TestApp;
  let line: DatabaseLine;
  let cutOff: TestApp;

  beforeAll(async () => {
    server = await TestApp.start();
    line = new DatabaseLine(new URL(server.database.url));
    await line.open();
    cutOff = await TestApp.start({}, { ...server.database, url: line.url });
    await cutOff.tokenOf('admin');
  });
  afterAll(async () => {
    line.speakAgain();
    await cutOff.stop();
    await line.cut();
    await server.stop();
  });

  const send = (app: TestApp, { path, headers, body }: Sent): Promise<Answer> =>
    app.call('POST', path, { headers, body });

  describe('all at once', () => {
    it('is told so in its protocol’s own words while the places are taken, and nothing else is; then it is taken again', async () => {
      const [, write] = PROTOCOLS[0];
      // What is looked up once is known; so that they wait where they are to wait.
      expect((await send(cutOff, write('places'))).status).toBe(204);
      line.fallSilent();
      const waiting = Array.from({ length: PLACES }, () => send(cutOff, write('places')));
      const refused = await eventually(
        () => send(cutOff, write('places')),
        ({ status }) => status === 503,
      );
      expect(refused.text).toContain('More arrives than can be taken in');
      for (const [, request, isWorded] of PROTOCOLS) {
        const answer = await send(cutOff, request('one_too_many'));
        expect([answer.status, isWorded(answer), answer.headers['retry-after']]).toEqual([503, true, '1']);
      }
      const alerts = await cutOff.post('/api/v2/alerts', ALERTS);
      expect([alerts.status, typeof alerts.body, alerts.headers['retry-after']]).toEqual([
        503,
        'string',
        '1',
      ]);
      expect((await cutOff.get('/healthz')).status).toBe(200);
      line.speakAgain();
      const statuses = (await Promise.all(waiting)).map(({ status }) => status);
      expect(statuses.filter((status) => status !== 204 && status !== 503)).toEqual([]);
      await eventually(
        () => send(cutOff, write('places')),
        ({ status }) => status === 204,
      );
    });

    it('takes no place for good, however much comes one after the other', async () => {
      const [, write] = PROTOCOLS[0];
      for (let n = 0; n < 2 * PLACES; n += 1) expect((await send(server, write('places'))).status).toBe(204);
    });
  });

  describe('of labels', () => {
    const categories = Object.keys(HOSTILE_INPUTS) as HostileCategory[];
    const texts = categories.flatMap((category) => hostileTexts(category, 30));
    const onTheWire = texts.map((text) => Buffer.from(text).toString());
    const storedTexts = async (name: string): Promise<Map<number, string>> => {
      const rows = await server.database.query<{ labels: Record<string, string> }>(
        'SELECT labels FROM series WHERE name = $1',
        [name],
      );
      return new Map(rows.map(({ labels }) => [Number(labels.n), labels.text ?? '']));
    };
    const isRefused = (text: string): boolean => text.includes('\u0000') || Buffer.byteLength(text) > 2_048;

    it.each([
      ['remote write 1.0', SNAPPY, encodeWriteRequest1],
      [
        'remote write 2.0',
        { ...SNAPPY, 'content-type': `${PROTOBUF};proto=io.prometheus.write.v2.Request` },
        encodeWriteRequest2,
      ],
    ] as const)(
      'that mean harm is stored to the byte, or refused (%s)',
      async (protocol, headers, encode) => {
        const name = `hostile_${protocol.replaceAll(/\W/g, '_')}`;
        const all = texts.map((text, n) => series(name, { n: String(n), text }));
        const answer = await send(server, { path: '/api/v1/write', headers, body: snappy(encode(all)) });
        expect([204, 400]).toContain(answer.status);
        const stored = await storedTexts(name);
        const broken = onTheWire.flatMap((text, n) =>
          stored.get(n) === text || (stored.get(n) === undefined && isRefused(text)) ? [] : [[n, text]],
        );
        expect(broken).toEqual([]);
        expect(stored.size).toBeGreaterThan(texts.length / 2);
      },
    );
  });

  describe('of new series', () => {
    it('is told how long to wait with 429, in every protocol; known series go on', async () => {
      const [, write] = PROTOCOLS[0];
      let made = 0;
      const flood = async (count: number): Promise<number> => {
        const fresh = Array.from({ length: count }, () => series('flood', { n: String(made++) }));
        const body = snappy(encodeWriteRequest1(fresh));
        return (await send(server, { path: '/api/v1/write', headers: SNAPPY, body })).status;
      };
      // Whole requests are refused, so ever smaller ones find what room is left.
      for (let count = NEW_SERIES / 4; count >= 1;)
        if ((await flood(count)) === 429) count = Math.floor(count / 2);
      for (const [n, [, request, isWorded]] of PROTOCOLS.entries()) {
        const answer = await send(server, request(`newcomer_${n}`));
        expect([answer.status, isWorded(answer)]).toEqual([429, true]);
        const waitSeconds = Number(answer.headers['retry-after']);
        expect(waitSeconds >= 1 && waitSeconds <= 60).toBe(true);
      }
      expect((await send(server, write('places'))).status).toBe(204);
    });
  });
});
