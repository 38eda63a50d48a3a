import { READER } from '../../src/ml/detection/detection.service';
import { CompactionService } from '../../src/telemetry/metrics/compaction.service';
import { SampleRepository } from '../../src/telemetry/metrics/sample.repository';
import { SampleCursorRepository } from '../../src/telemetry/metrics/sample-cursor.repository';
import { Answer, TestApp } from '../support/test-app';

type Pair = [time: string, value: number | null];
interface Queried {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly samples: Pair[];
}

const BASE_MS = Math.floor(Date.now() / 60_000) * 60_000 - 1_800_000;
const at = (second: number) => new Date(BASE_MS + second * 1_000).toISOString();
const STALE = new Float64Array(BigUint64Array.of(0x7ff0000000000002n).buffer)[0];

describe('a query of samples', () => {
  let server: TestApp;
  let samples: SampleRepository;
  let cursors: SampleCursorRepository;
  let compaction: CompactionService;
  beforeAll(async () => {
    // Without the scoring process: the tests move its places, and so decide when what is compacted.
    server = await TestApp.start({ NODE_ROLE: 'api' });
    samples = server.app.get(SampleRepository);
    cursors = server.app.get(SampleCursorRepository);
    compaction = server.app.get(CompactionService);
  });
  afterAll(() => server.stop());

  const ask = (parameters: Record<string, string | number>): Promise<Answer> =>
    server.get(
      `/api/telemetry/query?${Object.entries(parameters)
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
        .join('&')}`,
    );
  const query = async (parameters: Record<string, string | number>): Promise<Queried[]> => {
    const { status, body } = await ask({ from: at(0), to: at(1_800), ...parameters });
    if (status !== 200) throw new Error(body.message);
    return body.data.series;
  };
  const send = async (rows: readonly object[]) => {
    const { status, text } = await server.post('/api/telemetry/samples', { samples: rows });
    if (status !== 201) throw new Error(text);
  };
  const idOf = async (name: string) =>
    (await server.get(`/api/telemetry/series?name=${name}`)).body.data.series[0].id as number;
  /** Compacts what is stored by now. */
  const compact = async () => {
    const batches = await samples.readAfter({ xact: '0', id: 0 }, 10_000);
    const last = batches.at(-1);
    if (last === undefined) return;
    const { position } = last;
    const all = Array.from({ length: await cursors.countGroups(READER) }, (_, group) => group);
    const groups = await cursors.open(READER, all, 'this test');
    await cursors.advance(
      READER,
      groups.map((group) => ({ ...group, saved: position, told: position })),
    );
    await compaction.compactAll();
  };
  const batchCount = async () => (await server.database.query('SELECT 1 FROM sample_batches')).length;

  describe('selects series', () => {
    beforeAll(() =>
      send(
        [
          { code: '200', job: 'api' },
          { code: '500', job: 'api' },
          { code: '503', job: 'web' },
          { job: 'cron' },
        ].map((labels, i) => ({ name: 'requests', labels, value: i, timestamp: at(1) })),
      ),
    );

    it.each([
      ['requests', [0, 1, 2, 3]],
      ['requests{job="api"}', [0, 1]],
      ['requests{job="api",code="500"}', [1]],
      ['requests{job!="api"}', [2, 3]],
      ['requests{code=~"5.."}', [1, 2]],
      ['requests{code!~"5.."}', [0, 3]],
      ['requests{code=""}', [3]],
      ['requests{code!=""}', [0, 1, 2]],
      ['requests{code=~"5..",job!="web"}', [1]],
      ['{__name__=~"request.",job=~"c.*"}', [3]],
      ['{job="web"}', [2]],
      ['requests{job="nowhere"}', []],
      ['requests{job="api",job="web"}', []],
      ['requests{code=~"5"}', []],
    ])('%s', async (match, values) => {
      expect((await query({ match })).map(({ samples: pairs }) => pairs[0][1]).sort()).toEqual(values);
    });
  });

  describe('sees what was acknowledged before it', () => {
    it('at once, and the same after compaction', async () => {
      await send([5, 1, 3].map((second) => ({ name: 'fresh', value: second, timestamp: at(second) })));
      const expected: Pair[] = [1, 3, 5].map((second) => [at(second), second]);
      expect((await query({ match: 'fresh' }))[0].samples).toEqual(expected);
      await compact();
      expect(await batchCount()).toBe(0);
      expect((await query({ match: 'fresh' }))[0].samples).toEqual(expected);
    });

    it('each once, while it is being compacted', async () => {
      const series = ['a', 'b', 'c'];
      let acknowledged = 0;
      let isSending = true;
      const compacting = (async () => {
        while (isSending) await compact();
      })();
      const reading = (async () => {
        while (isSending) {
          const before = acknowledged;
          const found = await query({ match: '{__name__="racing"}' });
          const after = acknowledged;
          if (before > 0) expect(found).toHaveLength(3);
          for (const { samples: pairs } of found) {
            // Each value is its second: any that is lost, doubled or out of place shows.
            expect(pairs).toEqual(pairs.map((_, second) => [at(second), second]));
            expect(pairs.length).toBeGreaterThanOrEqual(before);
            expect(pairs.length).toBeLessThanOrEqual(after + 1);
          }
          const lengths = new Set(found.map(({ samples: pairs }) => pairs.length));
          // One moment for all series: they are sent together, so they are seen together.
          expect(lengths.size).toBeLessThanOrEqual(1);
        }
      })();
      try {
        for (let second = 0; second < 300; second += 1) {
          await send(
            series.map((name) => ({
              name: 'racing',
              labels: { name },
              value: second,
              timestamp: at(second),
            })),
          );
          acknowledged = second + 1;
        }
      } finally {
        isSending = false;
        await Promise.all([compacting, reading]);
      }
      const stored = await server.database.query<{ sample_count: number }>(
        'SELECT sample_count FROM sample_chunks',
      );
      expect(stored.length).toBeGreaterThan(0);
    });

    it('each instant once, the later write winning on both sides of compaction', async () => {
      const one = (value: number) => send([{ name: 'rewritten', value, timestamp: at(7) }]);
      const values = async () => (await query({ match: 'rewritten' }))[0].samples.map(([, value]) => value);
      await one(1);
      await one(2);
      expect(await values()).toEqual([2]);
      await compact();
      expect(await values()).toEqual([2]);
      await one(3);
      expect(await values()).toEqual([3]);
      await compact();
      expect(await values()).toEqual([3]);
    });
  });

  describe('of counters', () => {
    beforeAll(() =>
      send(
        [0, 60, 120, 30, 90].map((value, i) => ({
          name: 'served_total',
          value,
          type: 'counter',
          timestamp: at(60 * i),
        })),
      ),
    );

    it('gives the rate of each step, a fall being a restart at zero', async () => {
      const [{ samples: rates }] = await query({ match: 'served_total', step: 120, function: 'rate' });
      expect(rates).toEqual([
        [at(0), 1],
        [at(120), 0.75],
        [at(240), 1],
      ]);
    });

    it('gives increases that sum up to the whole', async () => {
      const sum = async (step: number) =>
        (await query({ match: 'served_total', step, function: 'increase' }))[0].samples.reduce(
          (total, [, value]) => total + (value ?? NaN),
          0,
        );
      expect(await Promise.all([60, 90, 120, 1_800].map(sum))).toEqual([210, 210, 210, 210]);
    });

    it('grows the first step from the sample before the range', async () => {
      const [{ samples: increases }] = await query({
        match: 'served_total',
        from: at(60),
        to: at(120),
        step: 60,
        function: 'increase',
      });
      expect(increases).toEqual([[at(60), 60]]);
    });

    it('ends a run at a stale marker, compacted or not', async () => {
      await send([{ name: 'restarted_total', value: 10, type: 'counter', timestamp: at(0) }]);
      const id = await idOf('restarted_total');
      await samples.insert('live', {
        seriesIds: [id, id, id],
        timesMs: [10, 20, 30].map((second) => BASE_MS + second * 1_000),
        values: Float64Array.of(STALE, 500, 503),
      });
      const increase = async () =>
        (await query({ match: 'restarted_total', step: 1_800, function: 'increase' }))[0].samples;
      expect(await increase()).toEqual([[at(0), 3]]);
      await compact();
      expect(await increase()).toEqual([[at(0), 3]]);
      expect((await query({ match: 'restarted_total' }))[0].samples).toEqual([
        [at(0), 10],
        [at(10), null],
        [at(20), 500],
        [at(30), 503],
      ]);
    });

    it('refuses to rate a gauge', async () => {
      await send([{ name: 'served_now', value: 1, timestamp: at(0) }]);
      const { status, body } = await ask({ match: 'served_now', step: 60, function: 'rate' });
      expect([status, body.message]).toEqual([400, expect.stringContaining('served_now is a gauge')]);
    });
  });

  describe('shows', () => {
    beforeAll(() =>
      send(
        Array.from({ length: 600 }, (_, second) => ({
          name: 'wave',
          value: second === 333 ? 99 : second % 10,
          timestamp: at(second),
        })),
      ),
    );

    it.each([
      ['min', 0],
      ['max', 9],
      ['mean', 4.5],
      ['last', 9],
      ['count', 300],
      ['sum', 1_350],
    ])('the %s of each step', async (aggregate, value) => {
      const [{ samples: pairs }] = await query({ match: 'wave', step: 300, aggregate });
      expect(pairs[0]).toEqual([at(0), value]);
      expect(pairs).toHaveLength(2);
    });

    it('a plot that keeps the peak', async () => {
      const [{ samples: pairs }] = await query({ match: 'wave', points: 30 });
      expect(pairs).toHaveLength(30);
      expect([pairs[0], pairs[29]]).toEqual([
        [at(0), 0],
        [at(599), 9],
      ]);
      expect(pairs).toContainEqual([at(333), 99]);
    });

    it('one series by the same means', async () => {
      const range = `from=${at(0)}&to=${at(1_800)}`;
      const one = async (parameters: string) =>
        (await server.get(`/api/telemetry/series/${await idOf('wave')}/samples?${range}&${parameters}`)).body
          .data;
      for (const parameters of ['step=60&aggregate=sum', 'points=17'])
        expect((await one(parameters)).samples).toEqual(
          (await query({ match: 'wave', ...Object.fromEntries(new URLSearchParams(parameters)) }))[0].samples,
        );
      expect((await one('step=300')).buckets[1]).toEqual({
        time: at(300),
        min: 0,
        max: 99,
        mean: 4.82,
        last: 9,
        count: 300,
        sum: 1_446,
      });
    });
  });

  describe('is refused', () => {
    it.each<[string, Record<string, string | number>, string]>([
      ['without a selector', {}, 'Missing required field: match'],
      ['with a selector that cannot be read', { match: 'up{' }, 'expected } at the end'],
      ['with a selector that rules nothing out', { match: '{zone=~".*"}' }, 'rules nothing out'],
      ['with a pattern that is too large', { match: 'up{a=~".{999}.{999}"}' }, 'too large'],
      ['with an empty range', { match: 'up', from: at(9), to: at(9) }, 'from must be before to'],
      ['with a step alone', { match: 'up', step: 60 }, 'needs an aggregate or a function'],
      ['with an aggregate of no step', { match: 'up', aggregate: 'max' }, 'aggregate needs a step'],
      ['with a rate of no step', { match: 'up', function: 'rate' }, 'function needs a step'],
      [
        'with two things at once',
        { match: 'up', step: 60, aggregate: 'max', function: 'rate' },
        'exclude each other',
      ],
      ['with points of a step', { match: 'up', step: 60, points: 10 }, 'leave step'],
      ['with two points', { match: 'up', points: 2 }, 'points must be an integer between 3 and 10000'],
      ['with an unknown aggregate', { match: 'up', step: 60, aggregate: 'p99' }, 'Must be one of: min, max'],
      [
        'with too many steps',
        { match: 'up', from: at(-86_400), to: at(0), step: 1, aggregate: 'max' },
        'at most 11000 buckets',
      ],
    ])('%s', async (_, parameters, message) => {
      const { status, body } = await ask(parameters);
      expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
    });

    it('where more series match than one query reads', async () => {
      await send(
        Array.from({ length: 101 }, (_, i) => ({
          name: 'many',
          labels: { host: `h${i}` },
          value: i,
          timestamp: at(1),
        })),
      );
      const { status, body } = await ask({ match: 'many' });
      expect([status, body.code]).toEqual([400, 'telemetry/query-too-wide']);
      expect(body.message).toBe(
        'more than 100 of the 101 series that match many have samples in the range; a query reads at most 100: narrow it by name or labels',
      );
      expect(await query({ match: 'many{host!="h7"}' })).toHaveLength(100);
    });

    it('where its points are more than one answer holds', async () => {
      const { status, body } = await ask({ match: 'many{host!="h7"}', points: 2_000 });
      expect([status, body.code]).toEqual([400, 'telemetry/query-too-wide']);
      expect(body.message).toContain('100 series with up to 2000 points each');
    });

    it('to a stranger', async () => {
      expect((await server.get('/api/telemetry/query?match=up', { token: null })).status).toBe(401);
    });
  });

  it('leaves out series that are silent in the range', async () => {
    await send([{ name: 'silent', value: 1, timestamp: at(100) }]);
    expect(await query({ match: 'silent', from: at(0), to: at(100) })).toEqual([]);
    expect(await query({ match: 'silent', from: at(100), to: at(101) })).toHaveLength(1);
  });

  describe('counts only series that have samples in the range', () => {
    const pods = (count: number, seconds: readonly number[], role: string) =>
      seconds.flatMap((second) =>
        Array.from({ length: count }, (_, i) => ({
          name: 'pod_cpu',
          labels: { pod: `${role}-${i}` },
          value: second,
          timestamp: at(second),
        })),
      );
    const living = async () =>
      (await query({ match: 'pod_cpu', from: at(600), to: at(700) })).map(({ labels }) => labels.pod);
    const isNarrow = async () => {
      expect((await living()).sort()).toEqual(['new-0', 'new-1']);
      const steps = await query({ match: 'pod_cpu', from: at(600), to: at(700), step: 1, aggregate: 'max' });
      expect(steps).toHaveLength(2);
    };

    it('among hundreds that have gone, or were silent meanwhile, compacted or not', async () => {
      await send([...pods(150, [1, 2], 'gone'), ...pods(50, [500, 800], 'silent'), ...pods(2, [650], 'new')]);
      await isNarrow();
      await compact();
      await isNarrow();
    });

    it('and refuses the others where too many have', async () => {
      const { status, body } = await ask({ match: 'pod_cpu', from: at(0), to: at(700) });
      expect([status, body.message]).toEqual([
        400,
        expect.stringContaining('of the 202 series that match pod_cpu'),
      ]);
    });
  });
});
