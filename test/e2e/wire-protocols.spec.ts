import { gzipSync } from 'node:zlib';

import { compress } from 'snappyjs';

import { Answer, eventually, TestApp } from '../support/test-app';
import {
  encodeMessage,
  encodeWriteRequest1,
  encodeWriteRequest2,
  EXPORT_METRICS,
  SentSeries,
} from '../support/wire-protos';

const STALE = new Float64Array(BigUint64Array.of(0x7ff0000000000002n).buffer)[0];
const V1 = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
const V2 = { ...V1, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };

const snappy = (bytes: Buffer): Buffer => Buffer.from(compress(bytes));
const up = (job: string, value: number, timestamp = Date.now()): SentSeries => ({
  labels: [
    ['__name__', 'up'],
    ['job', job],
  ],
  samples: [{ value, timestamp }],
});

describe('metrics by wire protocols', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const send = (path: string, headers: Record<string, string>, body: Buffer | string, token?: null) =>
    server.call('POST', path, { headers, body, ...(token === null && { token }) });
  const write1 = (series: readonly SentSeries[]) =>
    send('/api/v1/write', V1, snappy(encodeWriteRequest1(series)));
  const write2 = (series: readonly SentSeries[]) =>
    send('/api/v1/write', V2, snappy(encodeWriteRequest2(series)));
  const storedOf = async (name: string, label = ''): Promise<(number | null)[]> => {
    const { series } = (await server.get(`/api/telemetry/series?name=${name}${label && `&labels=${label}`}`))
      .body.data;
    if (series.length === 0) return [];
    const { samples } = (await server.get(`/api/telemetry/series/${series[0].id}/samples`)).body.data;
    return samples.map(([, value]: [string, number | null]) => value);
  };
  const writtenOf = ({ headers }: Answer) => [
    headers['x-prometheus-remote-write-samples-written'],
    headers['x-prometheus-remote-write-histograms-written'],
    headers['x-prometheus-remote-write-exemplars-written'],
  ];

  describe('remote write', () => {
    it.each([
      ['1.0', write1, 'rw1'],
      ['2.0', write2, 'rw2'],
    ] as const)('%s is stored when it is answered, without a body', async (_, write, job) => {
      const answer = await write([up(`${job}-a`, 1), up(`${job}-b`, 0)]);
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(writtenOf(answer)).toEqual(['2', '0', '0']);
      expect(await storedOf('up', `job:${job}-a`)).toEqual([1]);
      expect(await storedOf('up', `job:${job}-b`)).toEqual([0]);
    });

    it('brings many samples of many series in one request, also where all of it repeats', async () => {
      const start = Date.now() - 100_000;
      const series = Array.from({ length: 50 }, (_, i): SentSeries => ({
        labels: [
          ['__name__', 'requests_total'],
          ['code', String(200 + i)],
          ['path', '/the/same/long/path/in/every/series'],
        ],
        samples: Array.from({ length: 20 }, (_, n) => ({ value: n * i, timestamp: start + n * 1_000 })),
      }));
      expect(writtenOf(await write1(series))).toEqual(['1000', '0', '0']);
      expect(await storedOf('requests_total', 'code:203')).toEqual(
        Array.from({ length: 20 }, (_, n) => n * 3),
      );
    });

    it('sent again stores nothing twice', async () => {
      const series = [up('again', 1, Date.now() - 1_000)];
      await write1(series);
      await write2(series);
      expect(await storedOf('up', 'job:again')).toEqual([1]);
    });

    it('ends a series by the stale marker, which is no value', async () => {
      await write1([up('stale', 1, Date.now() - 1_000), up('stale', STALE)]);
      expect(await storedOf('up', 'job:stale')).toEqual([1, null]);
    });

    it('stores the valid part of a request, and says what of it is not and how much was written', async () => {
      const nameless: SentSeries = { labels: [['job', 'x']], samples: [{ value: 1, timestamp: Date.now() }] };
      const answer = await write2([up('partial', 1), nameless, up('partial-old', 1, 1_700_000_000_000)]);
      expect([answer.status, writtenOf(answer)]).toEqual([400, ['1', '0', '0']]);
      expect(answer.headers['content-type']).toContain('text/plain');
      expect(answer.text).toContain('__name__');
      expect(answer.text).toContain('24 hours');
      expect(await storedOf('up', 'job:partial')).toEqual([1]);
      expect(await storedOf('up', 'job:partial-old')).toEqual([]);
    });

    it.each([
      ['JSON', { ...V1, 'content-type': 'application/json' }, 415],
      ['a picture', { ...V1, 'content-type': 'image/png' }, 415],
      ['gzip', { ...V1, 'content-encoding': 'gzip' }, 415],
      ['no encoding', PROTOBUF, 415],
      ['another message', { ...V1, 'content-type': 'application/x-protobuf;proto=a.B' }, 415],
      ['bytes that are no snappy', V1, 400],
    ])('refuses %s in plain text', async (what, headers, status) => {
      const body =
        what === 'bytes that are no snappy' ? Buffer.from('garbage') : snappy(encodeWriteRequest1([]));
      const answer = await send('/api/v1/write', headers, body);
      expect([answer.status, answer.body]).toEqual([status, null]);
      expect(answer.text).not.toBe('');
    });

    it('refuses a few bytes that declare gigabytes', async () => {
      expect((await send('/api/v1/write', V1, Buffer.from('ffffffff0f00', 'hex'))).status).toBe(413);
    });

    it('asks strangers who they are, and viewers for the permission, in plain text', async () => {
      const body = snappy(encodeWriteRequest1([up('stranger', 1)]));
      const stranger = await send('/api/v1/write', V1, body, null);
      expect([stranger.status, stranger.body]).toEqual([401, null]);
      const viewer = await server.call('POST', '/api/v1/write', {
        headers: V1,
        body,
        token: await server.tokenOf('viewer'),
      });
      expect([viewer.status, viewer.body]).toEqual([403, null]);
    });

    it('takes an API key as the password of Basic authentication', async () => {
      const { key } = (
        await server.post('/api/auth/keys', { name: 'prometheus', scopes: ['telemetry:write'] })
      ).body.data;
      const answer = await server.call('POST', '/api/v1/write', {
        headers: { ...V1, authorization: `Basic ${Buffer.from(`any:${key}`).toString('base64')}` },
        body: snappy(encodeWriteRequest1([up('basic', 1)])),
        token: null,
      });
      expect(answer.status).toBe(204);
    });

    it('with the key of an integration counts for it, and is good for nothing else', async () => {
      const { integration, key } = (
        await server.post('/api/integrations', { name: 'prom', kind: 'prometheus' })
      ).body.data;
      const send = (path: string, headers: Record<string, string>, body: Buffer | string) =>
        server.call('POST', path, { headers, body, token: key });
      const answer = await send('/api/v1/write', V1, snappy(encodeWriteRequest1([up('integrated', 1)])));
      expect(answer.status).toBe(204);
      expect((await send('/api/v1/write', V1, Buffer.from('garbage'))).status).toBe(400);
      expect((await send('/v1/metrics', JSON_TYPE, '{}')).status).toBe(403);
      await eventually(
        async () => (await server.get(`/api/integrations/${integration.id}`)).body.data.integration,
        ({ event_count: events, error_count: errors }) => events === 1 && errors === 1,
      );
    });

    it('registers a deleted series anew', async () => {
      await write1([up('deleted', 1)]);
      const { series } = (await server.get('/api/telemetry/series?name=up&labels=job:deleted')).body.data;
      await server.delete(`/api/telemetry/series/${series[0].id}`);
      await write1([up('deleted', 2)]);
      expect(await storedOf('up', 'job:deleted')).toEqual([2]);
    });
  });

  describe('OTLP', () => {
    const nanos = (ms: number) => `${ms}000000`;
    const request = (name: string, points: object[]) => ({
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
          scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints: points } }] }],
        },
      ],
    });
    const point = (value: number, ms = Date.now()) => ({ timeUnixNano: nanos(ms), asDouble: value });
    const json = (message: object) => send('/v1/metrics', JSON_TYPE, JSON.stringify(message));

    it('in protobuf is stored, and answered with no bytes in protobuf', async () => {
      const body = encodeMessage(EXPORT_METRICS, request('otlp.protobuf', [point(0.93)]));
      const answer = await send('/v1/metrics', PROTOBUF, body);
      expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
        200,
        'application/x-protobuf',
        '',
      ]);
      expect(await storedOf('otlp_protobuf')).toEqual([0.93]);
    });

    it.each(['/v1/metrics', '/api/v1/otlp/v1/metrics'])('in JSON and gzip is stored at %s', async (path) => {
      const name = `otlp.json.${path.length}`;
      const body = gzipSync(JSON.stringify(request(name, [point(0.5)])));
      const answer = await send(path, { ...JSON_TYPE, 'content-encoding': 'gzip' }, body);
      expect([answer.status, answer.body]).toEqual([200, {}]);
      expect(await storedOf(name.replaceAll('.', '_'))).toEqual([0.5]);
    });

    it('counts what it left out, and says why', async () => {
      const answer = await json(request('otlp.partial', [point(1), point(2, 1_700_000_000_000)]));
      expect(answer.status).toBe(200);
      expect(answer.body.partialSuccess).toMatchObject({ rejectedDataPoints: '1' });
      expect(answer.body.partialSuccess.errorMessage).toContain('24 hours');
      expect(await storedOf('otlp_partial')).toEqual([1]);
    });

    it('errs with a google.rpc.Status in the encoding of the request', async () => {
      const text = await send('/v1/metrics', JSON_TYPE, 'no json');
      expect([text.status, text.body]).toEqual([400, { code: 3, message: expect.any(String) as string }]);
      const bytes = await send('/v1/metrics', PROTOBUF, Buffer.from('ff', 'hex'));
      expect([bytes.status, bytes.headers['content-type']]).toEqual([400, 'application/x-protobuf']);
      const unknown = await server.get('/v1/logs');
      expect([unknown.status, unknown.body]).toEqual([
        404,
        { code: 5, message: expect.any(String) as string },
      ]);
    });

    it('refuses what unpacks to more than it takes', async () => {
      const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
      const answer = await send('/v1/metrics', { ...PROTOBUF, 'content-encoding': 'gzip' }, bomb);
      expect(answer.status).toBe(413);
    });
  });

  it('is scored like any other sample', async () => {
    await write1([up('scored', 1)]);
    const { series } = (await server.get('/api/telemetry/series?name=up&labels=job:scored')).body.data;
    const { detector } = await eventually(
      async () => (await server.get(`/api/ml/detectors/${series[0].id}`)).body?.data ?? {},
      (data) => data.detector?.readiness?.have === 1,
    );
    expect(detector.readiness.ready).toBe(false);
  });
});
