import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';

import { CompactionService } from '../../src/telemetry/metrics/compaction.service';
import { eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const csv = { 'content-type': 'text/csv' };

describe('telemetry', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const idOf = async (name: string) =>
    (await server.get(`/api/telemetry/series?name=${name}`)).body.data.series[0].id as number;
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();

  describe('samples', () => {
    it('are stored when they are acknowledged, and read back in order', async () => {
      const samples = [
        { name: 'depth', labels: { queue: 'mail' }, value: 3, timestamp: ago(10) },
        { name: 'depth', labels: { queue: 'mail' }, value: 1.5, timestamp: ago(30) },
        { name: 'depth', labels: { queue: 'news' }, value: 9, timestamp: ago(20) },
      ];
      const { status, body } = await server.post('/api/telemetry/samples', { samples });
      expect([status, body.data.accepted]).toEqual([201, 3]);
      const { series } = (await server.get('/api/telemetry/series?name=depth&labels=queue:mail')).body.data;
      expect(series).toHaveLength(1);
      expect(series[0]).toMatchObject({
        series: 'depth{queue="mail"}',
        labels: { queue: 'mail' },
        type: 'gauge',
      });
      const read = (await server.get(`/api/telemetry/series/${series[0].id}/samples`)).body.data;
      expect(read.samples.map(([, value]: [string, number]) => value)).toEqual([1.5, 3]);
    });

    it('at the same time of the same series are one: the later written', async () => {
      const timestamp = ago(5);
      await server.post('/api/telemetry/samples', { samples: [{ name: 'twice', value: 1, timestamp }] });
      await server.post('/api/telemetry/samples', { samples: [{ name: 'twice', value: 2, timestamp }] });
      const { samples } = (await server.get(`/api/telemetry/series/${await idOf('twice')}/samples`)).body
        .data;
      expect(samples.map(([, value]: [string, number]) => value)).toEqual([2]);
    });

    it.each([
      ['no name', { value: 1 }, 'samples[0]: Missing required field: name'],
      ['text for a value', { name: 'a', value: 'x' }, 'samples[0]: value must be a finite number'],
      ['a name that is none', { name: '1a', value: 1 }, 'metric name "1a" is not accepted'],
      ['a label that is none', { name: 'a', value: 1, labels: { 'x-y': 'z' } }, 'x-y'],
      ['old data', { name: 'a', value: 1, timestamp: '2014-01-01T00:00:00Z' }, 'imports'],
    ])('with %s are refused whole', async (_, wrong, message) => {
      const { status, body } = await server.post('/api/telemetry/samples', {
        samples: [wrong, { name: 'never_stored', value: 1 }],
      });
      expect(status).toBe(400);
      expect(body.message).toContain(message);
      expect((await server.get('/api/telemetry/series?name=never_stored')).body.data.series).toEqual([]);
    });

    it('answer in buckets of a step, half-open', async () => {
      const from = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;
      const samples = [0, 30, 59.999, 60, 90].map((second, i) => ({
        name: 'steps',
        value: i,
        timestamp: from + second * 1_000,
      }));
      await server.post('/api/telemetry/samples', { samples });
      const range = `from=${new Date(from).toISOString()}&to=${new Date(from + 120_000).toISOString()}`;
      const id = await idOf('steps');
      const { buckets } = (await server.get(`/api/telemetry/series/${id}/samples?${range}&step=60`)).body
        .data;
      expect(buckets).toEqual([
        { time: new Date(from).toISOString(), min: 0, max: 2, mean: 1, last: 2, count: 3, sum: 3 },
        { time: new Date(from + 60_000).toISOString(), min: 3, max: 4, mean: 3.5, last: 4, count: 2, sum: 7 },
      ]);
      const max = (await server.get(`/api/telemetry/series/${id}/samples?${range}&step=60&aggregate=max`))
        .body.data.samples;
      expect(max.map(([, value]: [string, number]) => value)).toEqual([2, 4]);
    });

    it.each([
      ['/api/telemetry/series/999999', 404],
      ['/api/telemetry/series/999999/samples', 404],
      ['/api/telemetry/series/x/samples', 400],
      ['/api/telemetry/series/1/samples?step=0', 400],
      ['/api/telemetry/series/1/samples?from=2026-01-02&to=2026-01-01', 400],
      ['/api/telemetry/series/1/samples?from=2020-01-01&to=2026-01-01&step=1', 400],
      ['/api/telemetry/series?labels=nonsense', 400],
    ])('GET %s answers %d', async (url, status) => {
      expect((await server.get(url)).status).toBe(status);
    });
  });

  describe('imports', () => {
    it('read a file whole, show how far they are, and count gaps', async () => {
      const rows = Array.from(
        { length: 25_000 },
        (_, i) => `${1_400_000_000 + i * 60},${i % 1_000 === 7 ? '' : Math.sin(i / 50)}`,
      );
      const { status, body } = await server.call(
        'POST',
        '/api/telemetry/imports?name=imported&labels=file:a',
        { headers: csv, body: `timestamp,value\n${rows.join('\n')}\n` },
      );
      expect(status).toBe(201);
      expect(body.data.import).toMatchObject({
        status: 'completed',
        rows: 24_975,
        missing_rows: 25,
        progress: 1,
      });
      const { import: stored } = (await server.get(`/api/telemetry/imports/${body.data.import.id}`)).body
        .data;
      expect(stored).toEqual(body.data.import);
      const { samples, truncated } = (
        await server.get(
          `/api/telemetry/series/${await idOf('imported')}/samples?from=2014-05-01&to=2014-07-01`,
        )
      ).body.data;
      expect([samples.length, truncated]).toEqual([10_000, true]);
    });

    it('with a bad line store nothing and name it', async () => {
      const { status, body } = await server.call('POST', '/api/telemetry/imports?name=broken', {
        headers: csv,
        body: 'timestamp,value\n2014-01-01 00:00:00,1\n2014-01-01 00:05:00,oops\n',
      });
      expect(status).toBe(400);
      expect(body.message).toContain('line 3');
      const { samples } = (
        await server.get(
          `/api/telemetry/series/${await idOf('broken')}/samples?from=2013-01-01&to=2015-01-01`,
        )
      ).body.data;
      expect(samples).toEqual([]);
      const { imports } = (await server.get('/api/telemetry/imports')).body.data;
      expect(imports[0]).toMatchObject({ status: 'failed', rows: 0, error: body.message });
    });

    it('take CSV only, and nothing else takes CSV', async () => {
      expect((await server.post('/api/telemetry/imports?name=x', { a: 1 })).status).toBe(415);
      expect((await server.call('POST', '/api/anomalies', { headers: csv, body: 'a,b' })).status).toBe(415);
    });
  });

  describe('scrape targets', () => {
    let page: Server;
    let pageUrl: string;
    let hits = 0;
    beforeAll(async () => {
      page = createServer((_, reply) => {
        hits += 1;
        reply.end(
          `# TYPE jobs_total counter\njobs_total{kind="mail"} ${hits * 10}\n# TYPE heat gauge\nheat 21.5\n`,
        );
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => page.once('listening', resolve));
      pageUrl = `http://127.0.0.1:${(page.address() as AddressInfo).port}/metrics`;
    });
    afterAll(() => page.close());

    it('are refused until an admin allows the host, then read at their interval, labels and types kept', async () => {
      const target = { name: 'shop', url: pageUrl, interval_seconds: 1, labels: { env: 'test' } };
      const refused = await server.post('/api/telemetry/targets', target);
      expect([refused.status, refused.body.code]).toEqual([409, 'egress/not-allowed']);
      expect((await server.post('/api/admin/egress', { url: pageUrl, allow_private: true })).status).toBe(
        201,
      );
      const made = await server.post('/api/telemetry/targets', target);
      expect(made.status).toBe(201);
      await eventually(
        async () => (await server.get('/api/telemetry/series?name=jobs_total')).body.data.series.length,
        (n) => n === 1,
      );
      const [series] = (await server.get('/api/telemetry/series?name=jobs_total')).body.data.series;
      expect(series).toMatchObject({
        type: 'counter',
        labels: { kind: 'mail', env: 'test', job: 'shop', instance: new URL(pageUrl).host },
      });
      const seen = async () => (await server.get('/api/telemetry/targets')).body.data.targets[0];
      expect(await eventually(seen, ({ last_scraped_at }) => last_scraped_at !== null)).toMatchObject({
        last_error: null,
        last_sample_count: 2,
      });
      const { id } = made.body.data.target;
      expect(
        (await server.put(`/api/telemetry/targets/${id}`, { is_enabled: false })).body.data.target.is_enabled,
      ).toBe(false);
      // A member that is null is missing, and one that nobody knows is dropped: nothing is left to change.
      for (const nothing of [{ interval_seconds: null }, { unknown: 1 }]) {
        const { status, body } = await server.put(`/api/telemetry/targets/${id}`, nothing);
        expect([status, body.data.target.interval_seconds]).toEqual([200, 1]);
      }
      expect((await server.delete(`/api/telemetry/targets/${id}`)).status).toBe(200);
    });

    it('say why they cannot be read', async () => {
      const dead = 'http://127.0.0.1:9/metrics';
      await server.post('/api/admin/egress', { url: dead, allow_private: true });
      await server.post('/api/telemetry/targets', { name: 'dead', url: dead, interval_seconds: 1 });
      const error = await eventually(
        async () =>
          (await server.get('/api/telemetry/targets')).body.data.targets.find(
            ({ name }: { name: string }) => name === 'dead',
          ).last_error as string | null,
      );
      expect(error).toEqual(expect.any(String));
    });
  });

  it('forgets a deleted series with its samples', async () => {
    await server.post('/api/telemetry/samples', { samples: [{ name: 'gone', value: 1 }] });
    const id = await idOf('gone');
    expect((await server.delete(`/api/telemetry/series/${id}`)).status).toBe(200);
    expect((await server.get(`/api/telemetry/series/${id}`)).status).toBe(404);
    await server.post('/api/telemetry/samples', { samples: [{ name: 'gone', value: 2 }] });
    expect(await idOf('gone')).not.toBe(id);
  });

  it('does not write to a series that another process deleted', async () => {
    const other = await TestApp.start({}, server.database);
    const send = (app: TestApp) =>
      app.post('/api/telemetry/samples', { samples: [{ name: 'shared', value: 1 }] });
    await send(other);
    await send(server);
    const before = await idOf('shared');
    await server.delete(`/api/telemetry/series/${before}`);
    await eventually(
      async () => {
        await send(other);
        return (await server.get('/api/telemetry/series?name=shared')).body.data.series as { id: number }[];
      },
      (series) => series.length === 1 && series[0].id !== before,
    );
    await other.stop();
  });
});

describe('a fresh start', () => {
  it('is live without any set-up: the host and our own Postgres are measured', async () => {
    const server = await TestApp.start({ HOST_COLLECTOR: 'true', COLLECTOR_INTERVAL_SECONDS: '1' });
    const names = async () =>
      (await server.get('/api/telemetry/series?per_page=100')).body.data.series.map(
        ({ name }: { name: string }) => name,
      ) as string[];
    const expected = [
      'host_cpu_usage_percent',
      'host_memory_usage_percent',
      'host_disk_usage_percent',
      'host_load_avg_1min',
      'host_network_receive_bytes_per_second',
      'process_event_loop_delay_p99_milliseconds',
      'postgres_connections',
    ];
    await eventually(names, (found) => expected.every((name) => found.includes(name)));
    await server.stop();
  });
});

describe('compaction', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('changes where samples are kept, never what is read', async () => {
    const first = await TestApp.start({}, database);
    const start = Date.now() - 3_600_000;
    const send = (server: TestApp, from: number, count: number) =>
      server.post('/api/telemetry/samples', {
        samples: Array.from({ length: count }, (_, i) => ({
          name: 'kept',
          labels: { i: String(i % 3) },
          value: from + i,
          timestamp: start + (from + i) * 1_000,
        })),
      });
    for (let from = 0; from < 900; from += 90) await send(first, from, 90);
    const read = async (server: TestApp) => {
      const { series } = (await server.get('/api/telemetry/series?name=kept')).body.data;
      return Promise.all(
        series.map(
          async ({ id }: { id: number }) =>
            (await server.get(`/api/telemetry/series/${id}/samples?from=${new Date(start).toISOString()}`))
              .body.data.samples,
        ),
      );
    };
    const before = await read(first);
    expect(before.map((samples: unknown[]) => samples.length)).toEqual([300, 300, 300]);
    // Stopping saves detection's checkpoint, which lets compaction go on.
    await eventually(
      async () => (await first.get('/metrics')).text,
      (page) => /^detection_samples_scored_total 900$/m.test(page),
    );
    await first.stop();

    const second = await TestApp.start({}, database);
    await second.app.get(CompactionService).compactAll();
    expect(await database.query('SELECT 1 FROM sample_batches')).toHaveLength(0);
    expect(await read(second)).toEqual(before);
    const chunks = await database.query<{ sample_count: number }>('SELECT sample_count FROM sample_chunks');
    expect(chunks.reduce((sum, { sample_count }) => sum + sample_count, 0)).toBe(900);

    // New samples fill up the last chunk and old ones are merged in, at the second compaction as at the first.
    await send(second, 900, 30);
    await send(second, 30, 30);
    const grown = await read(second);
    // What detection has scored it notes as it stops.
    await eventually(
      async () => (await second.get('/metrics')).text,
      (page) => /^detection_samples_scored_total 60$/m.test(page),
    );
    await second.stop();
    const third = await TestApp.start({}, database);
    await third.app.get(CompactionService).compactAll();
    expect(await database.query('SELECT 1 FROM sample_batches')).toHaveLength(0);
    expect(await read(third)).toEqual(grown);
    await third.stop();
  });
});
