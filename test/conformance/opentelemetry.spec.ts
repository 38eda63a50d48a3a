import type { IncomingMessage } from 'node:http';

import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

import { DatabaseLine } from '../support/database-line';
import { eventually, TestApp } from '../support/test-app';

type Exporter = JsonExporter | ProtobufExporter;
type Settings = ConstructorParameters<typeof JsonExporter>[0];

const SUCCESS = 0;
const FAILED = 1;
/** Longer than a server takes to find its database again, and the exporter's own default. */
const TIMEOUT_MS = 10_000;

const ENCODINGS = [
  ['JSON', (settings: Settings) => new JsonExporter(settings)],
  ['protobuf', (settings: Settings) => new ProtobufExporter(settings)],
] as const;
const COMPRESSIONS = ['none', 'gzip'] as const;
type Compression = NonNullable<NonNullable<Settings>['compression']>;

/** A reader that collects when it is told to, and keeps no timer. */
class ManualReader extends MetricReader {
  protected onShutdown = (): Promise<void> => Promise.resolve();
  protected onForceFlush = (): Promise<void> => Promise.resolve();
}

/** A program with instruments, and the exporter that tells of them. */
class Program {
  private readonly reader: ManualReader;
  private readonly provider: MeterProvider;

  constructor(
    readonly service: string,
    private readonly exporter: Exporter,
  ) {
    this.reader = new ManualReader({
      aggregationTemporalitySelector: (kind) =>
        exporter.selectAggregationTemporality?.(kind) ?? AggregationTemporality.CUMULATIVE,
    });
    this.provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': service, 'process.pid': 4711 }),
      readers: [this.reader],
    });
  }

  get meter() {
    return this.provider.getMeter('conformance');
  }

  /** Exports what has been recorded so far, and says what the exporter made of the answer. */
  async export(): Promise<{ code: number; error?: Error & { code?: number } }> {
    const { resourceMetrics } = await this.reader.collect();
    return new Promise((told) => this.exporter.export(resourceMetrics, told));
  }

  async stop(): Promise<void> {
    await this.provider.shutdown();
    await this.exporter.shutdown();
  }
}

describe('the OpenTelemetry SDK for JavaScript', () => {
  let server: TestApp;
  let url: string;
  let key: string;
  const requests: IncomingMessage[] = [];
  const programs: Program[] = [];

  beforeAll(async () => {
    server = await TestApp.start();
    url = `${await server.listen()}/v1/metrics`;
    server.app.getHttpServer().on('request', (request: IncomingMessage) => requests.push(request));
    const { body } = await server.post('/api/integrations', { name: 'sdk', kind: 'otlp' });
    key = body.data.key as string;
  });
  beforeEach(() => requests.splice(0));
  afterAll(async () => {
    for (const program of programs) await program.stop();
    await server.stop();
  });

  const start = (
    service: string,
    exporterOf: (settings: Settings) => Exporter,
    {
      compression = 'gzip',
      ...settings
    }: { compression?: string } & Omit<NonNullable<Settings>, 'compression'> = {},
  ): Program => {
    const program = new Program(
      service,
      exporterOf({
        url,
        headers: { authorization: `Bearer ${key}` },
        timeoutMillis: TIMEOUT_MS,
        compression: compression as Compression,
        ...settings,
      }),
    );
    programs.push(program);
    return program;
  };

  /** What is stored of a service's metric: in the order of the labels that its attributes became, the values in order of time. */
  const storedOf = async (service: string, name: string) => {
    const found = (await server.get(`/api/telemetry/series?name=${name}&labels=job:${service}&per_page=100`))
      .body.data.series as { id: number; labels: Record<string, string>; type: string }[];
    const stored = found.map(async ({ id, type, labels: { job: _job, service_name: _name, ...labels } }) => {
      const { samples } = (await server.get(`/api/telemetry/series/${id}/samples`)).body.data as {
        samples: [string, number][];
      };
      return { labels, type, values: samples.map(([, value]) => value) };
    });
    return (await Promise.all(stored)).sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  };

  describe.each(ENCODINGS)('exporting %s', (encoding, exporterOf) => {
    it.each(COMPRESSIONS)('stores what was recorded, to the bit (compression: %s)', async (compression) => {
      const service = `shop-${encoding}-${compression}`;
      const program = start(service, exporterOf, { compression });
      const orders = program.meter.createCounter('orders.placed');
      const stock = program.meter.createUpDownCounter('stock');
      const latency = program.meter.createHistogram('latency', {
        advice: { explicitBucketBoundaries: [0.1, 0.5, 2.5] },
      });
      const temperature = program.meter.createGauge('temperature');
      program.meter
        .createObservableGauge('queue.depth')
        .addCallback((seen) => seen.observe(17, { queue: 'mail' }));

      orders.add(3, { country: 'DE', 'http.status': 200 });
      orders.add(1, { country: 'São Tomé', 'http.status': 200 });
      stock.add(5);
      stock.add(-7);
      for (const value of [0.05, 0.4, 0.41, 9]) latency.record(value);
      temperature.record(-0.1 - 0.2);
      expect(await program.export()).toEqual({ code: SUCCESS });
      orders.add(2, { country: 'DE', 'http.status': 200 });
      latency.record(1);
      temperature.record(Number.MIN_VALUE);
      expect(await program.export()).toEqual({ code: SUCCESS });

      expect(requests.map(({ headers }) => headers['content-encoding'] ?? 'none')).toEqual([
        compression,
        compression,
      ]);
      expect(await storedOf(service, 'orders_placed')).toEqual([
        { labels: { country: 'DE', http_status: '200' }, type: 'counter', values: [3, 5] },
        { labels: { country: 'São Tomé', http_status: '200' }, type: 'counter', values: [1, 1] },
      ]);
      expect(await storedOf(service, 'stock')).toEqual([{ labels: {}, type: 'gauge', values: [-2, -2] }]);
      expect(await storedOf(service, 'temperature')).toEqual([
        { labels: {}, type: 'gauge', values: [-0.1 - 0.2, Number.MIN_VALUE] },
      ]);
      expect(await storedOf(service, 'queue_depth')).toEqual([
        { labels: { queue: 'mail' }, type: 'gauge', values: [17, 17] },
      ]);
      expect(await storedOf(service, 'latency_count')).toMatchObject([{ values: [4, 5] }]);
      expect(await storedOf(service, 'latency_sum')).toMatchObject([
        { values: [0.05 + 0.4 + 0.41 + 9, 0.05 + 0.4 + 0.41 + 9 + 1] },
      ]);
      expect(await storedOf(service, 'latency_bucket')).toEqual(
        [
          ['+Inf', [4, 5]],
          ['0.1', [1, 1]],
          ['0.5', [3, 3]],
          ['2.5', [3, 4]],
        ].map(([le, values]) => ({ labels: { le }, type: 'histogram', values })),
      );
    });

    it('stores what can be stored where a part cannot, and does not send it again', async () => {
      const service = `partial-${encoding}`;
      const program = start(service, exporterOf);
      const counter = program.meter.createCounter('uploads');
      counter.add(1, { path: '/short' });
      counter.add(1, { path: 'x'.repeat(3_000) });
      expect(await program.export()).toEqual({ code: SUCCESS });
      expect(requests).toHaveLength(1);
      expect(await storedOf(service, 'uploads')).toEqual([
        { labels: { path: '/short' }, type: 'counter', values: [1] },
      ]);
    });

    it.each([
      ['an unknown key', 401, { authorization: 'Bearer sk_unknown' }],
      ['no key at all', 401, {}],
    ])('takes the refusal of %s for final', async (_, code, headers) => {
      const program = start(`stranger-${encoding}`, exporterOf, { headers });
      program.meter.createCounter('attempts').add(1);
      expect(await program.export()).toMatchObject({ code: FAILED, error: { code } });
      expect(requests).toHaveLength(1);
      expect(await storedOf(`stranger-${encoding}`, 'attempts')).toEqual([]);
    });
  });

  describe('beside a database that is away for a while', () => {
    let line: DatabaseLine;
    let cutOff: TestApp;
    let base: string;

    beforeAll(async () => {
      line = new DatabaseLine(new URL(server.database.url));
      await line.open();
      cutOff = await TestApp.start({}, { ...server.database, url: line.url });
      base = await cutOff.listen();
    });
    afterAll(async () => {
      await line.open();
      await cutOff.stop();
      await line.cut();
    });

    it.each(ENCODINGS)(
      'waits as it is told, and sends again what was not stored (%s)',
      async (encoding, of) => {
        const service = `patient-${encoding}`;
        const program = start(service, of, { url: `${base}/v1/metrics` });
        program.meter.createCounter('kept').add(41);
        const statuses: number[] = [];
        cutOff.app
          .getHttpServer()
          .on('request', (_request, response) =>
            response.on('finish', () => statuses.push(response.statusCode)),
          );
        await line.cut();
        const exported = program.export();
        await eventually(() => statuses.includes(503));
        await line.open();
        expect(await exported).toEqual({ code: SUCCESS });
        expect(await storedOf(service, 'kept')).toMatchObject([{ values: [41] }]);
      },
    );
  });
});

function textOf({ labels }: { labels: object }): string {
  return JSON.stringify(labels);
}
