import { AnomalyStreamService } from '../../src/anomaly/anomaly-stream.service';
import { breachOf } from '../conformance/error-contract';
import { ADMIN_PASSWORD, Answer, TestApp } from '../support/test-app';

/** Walking to a page past the end, row by row, would take longer; an honest answer takes milliseconds. */
const SLOW_MS = 4_000;
const ANOMALY = { title: 'x', description: 'x', severity: 'low', anomaly_score: 0, confidence: 0 };

describe('whoever wants too much', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start({ TRUST_PROXY: 'true' });
    const anomalies = Array.from({ length: 250 }, (_, index) => ({ ...ANOMALY, title: `anomaly ${index}` }));
    await server.post('/api/anomalies/batch', { anomalies });
  });
  afterAll(() => server.stop());

  async function timed(work: Promise<Answer>): Promise<{ answer: Answer; ms: number }> {
    const start = performance.now();
    const answer = await work;
    return { answer, ms: performance.now() - start };
  }

  it('of logins is told to wait, and for how long, whether the account exists or not', async () => {
    const messages = new Set<string>();
    for (const username of ['admin', 'nobody-of-that-name']) {
      const attempt = (address: string, password = 'Wrong-password-1'): Promise<Answer> =>
        server.post(
          '/api/auth/login',
          { username, password },
          { token: null, headers: { 'x-forwarded-for': address } },
        );
      const statuses = [];
      for (let index = 0; index < 6; index += 1) statuses.push((await attempt('203.0.113.1')).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
      const blocked = await attempt('203.0.113.1', ADMIN_PASSWORD);
      expect([blocked.status, breachOf(blocked)]).toEqual([429, null]);
      expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(60);
      expect(Number(blocked.headers['retry-after'])).toBeLessThanOrEqual(900);
      messages.add((blocked.body as { message: string }).message);
    }
    // Nobody can lock the admin out: from elsewhere the door is open.
    const elsewhere = await server.post(
      '/api/auth/login',
      { username: 'admin', password: ADMIN_PASSWORD },
      { token: null, headers: { 'x-forwarded-for': '198.51.100.7' } },
    );
    expect(elsewhere.status).toBe(200);
    expect(messages.size).toBe(1);
  });

  it('of live streams is refused past the cap, and let in when one ends', async () => {
    const streams = server.app.get(AnomalyStreamService, { strict: false });
    const open = await Promise.all(Array.from({ length: 500 }, () => streams.open(null)));
    const refused = await server.get('/api/anomalies/stream');
    expect([refused.status, (refused.body as { code: string }).code, breachOf(refused)]).toEqual([
      429,
      'anomaly/too-many-streams',
      null,
    ]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    for (const stream of open) stream.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    const base = await server.listen();
    const stop = new AbortController();
    const let_in = await fetch(`${base}/api/anomalies/stream`, {
      headers: { authorization: `Bearer ${await server.tokenOf('admin')}` },
      signal: stop.signal,
    });
    stop.abort();
    expect(let_in.status).toBe(200);
  });

  it.each([
    ['per_page=10000', 100],
    ['per_page=101', 100],
    ['limit=1000000', 100],
    ['per_page=999999999999999', 100],
    ['per_page=5', 5],
    ['per_page=lots', 20],
    ['per_page=1e9', 20],
  ])('of rows in one page (%s) gets %i', async (query, count) => {
    for (const path of ['/api/anomalies', '/api/auth/users', '/api/telemetry/series', '/api/ml/detectors']) {
      const { status, body } = await server.get(`${path}?${query}`);
      const { data } = body as { data: { anomalies?: unknown[]; pagination: { per_page: number } } };
      expect([path, status, data.pagination.per_page]).toEqual([path, 200, count]);
      if (data.anomalies !== undefined) expect(data.anomalies).toHaveLength(count);
    }
  });

  it.each(['per_page=0', 'per_page=-1', 'page=0', 'page=-5', 'limit=0'])(
    'of less than something (%s) gets 400',
    async (query) => {
      const answer = await server.get(`/api/anomalies?${query}`);
      expect([answer.status, breachOf(answer)]).toEqual([400, null]);
    },
  );

  it('of a page far past the end gets an empty one at once', async () => {
    for (const page of ['1000000000', '999999999999999']) {
      for (const path of [
        '/api/anomalies',
        '/api/telemetry/series',
        '/api/telemetry/imports',
        '/api/anomalies/1/history',
        '/api/auth/users',
        '/api/auth/keys',
        '/api/ml/detectors',
      ]) {
        const { answer, ms } = await timed(server.get(`${path}?page=${page}`));
        expect([path, page, answer.status, ms < SLOW_MS]).toEqual([path, page, 200, true]);
      }
    }
  });

  it.each([
    [
      'anomalies in a batch',
      '/api/anomalies/batch',
      { anomalies: Array.from({ length: 1_001 }, () => ANOMALY) },
    ],
    [
      'anomalies at once',
      '/api/anomalies/bulk-acknowledge',
      { ids: Array.from({ length: 1_001 }, (_, index) => index + 1) },
    ],
    [
      'samples',
      '/api/telemetry/samples',
      { samples: Array.from({ length: 10_001 }, () => ({ name: 'x', value: 1 })) },
    ],
    [
      'labels',
      '/api/telemetry/samples',
      {
        samples: [
          {
            name: 'x',
            labels: Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`l${index}`, 'x'])),
            value: 1,
          },
        ],
      },
    ],
    ['text in a title', '/api/anomalies', { ...ANOMALY, title: 'x'.repeat(201) }],
    ['text in a description', '/api/anomalies', { ...ANOMALY, description: 'x'.repeat(10_001) }],
    [
      'text in a label',
      '/api/telemetry/samples',
      { samples: [{ name: 'x', labels: { l: 'x'.repeat(2_049) }, value: 1 }] },
    ],
    ['text in a name', '/api/telemetry/samples', { samples: [{ name: 'x'.repeat(257), value: 1 }] }],
    [
      'text in a password',
      '/api/auth/users',
      { username: 'long', email: 'long@example.org', password: `Aa1-${'x'.repeat(10_000)}` },
    ],
  ])('of %s is refused whole', async (_what, path, body) => {
    const answer = await server.post(path, body);
    expect([answer.status, breachOf(answer)]).toEqual([400, null]);
  });

  it('of buckets or days is told what there is at most', async () => {
    await server.post('/api/telemetry/samples', { samples: [{ name: 'x', value: 1 }] });
    for (const path of [
      '/api/telemetry/series/1/samples?step=1&from=2000-01-01T00:00:00Z',
      '/api/anomalies/report?from=1970-01-01T00:00:00Z',
      '/metrics/history?hours=100000',
      '/monitoring/logs?limit=1000000000',
    ]) {
      const { answer, ms } = await timed(server.get(path));
      expect([path, answer.status, breachOf(answer), ms < SLOW_MS]).toEqual([path, 400, null, true]);
    }
  });

  it('of everything is still served while others are', async () => {
    const flood = Array.from({ length: 300 }, (_, index) =>
      timed(server.get(index % 10 === 0 ? '/healthz' : '/api/anomalies?search=x')),
    );
    const answers = await Promise.all(flood);
    expect(answers.filter(({ answer }) => ![200, 429, 503].includes(answer.status))).toEqual([]);
    expect(answers.filter(({ answer }) => breachOf(answer) !== null && answer.status !== 503)).toEqual([]);
    expect((await server.get('/readyz')).status).toBe(200);
  });
});
