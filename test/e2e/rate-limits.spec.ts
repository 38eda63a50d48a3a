import { readConfig } from '../../src/config/config';
import { Database } from '../../src/database/database';
import { RetentionService } from '../../src/retention/retention.service';
import { DatabaseLine } from '../support/database-line';
import { ADMIN_PASSWORD, Answer, eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const GENERAL = '/api/anomalies';
const AI = '/api/ml/detectors';
const ADMIN = '/api/auth/users';
const LOGIN = '/api/auth/login';

const anomaly = {
  title: 'one too many',
  description: 'd',
  severity: 'low',
  anomaly_score: 0.5,
  confidence: 0.5,
};

describe('rate limits', () => {
  let database: TestDatabase;
  const running: TestApp[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  /** Every story with servers and counts of its own, and long enough before the minute ends. */
  beforeEach(async () => {
    await database.query('TRUNCATE rate_usage, login_attempts');
    await roomInTheMinute(10);
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });
  afterAll(() => database.drop());

  /** Waits for the next minute of the database where this one has less to offer. */
  async function roomInTheMinute(seconds: number): Promise<void> {
    const left = async () =>
      Number(
        (await database.query<{ left: number }>('SELECT 60 - extract(second FROM now()) AS left'))[0].left,
      );
    await eventually(left, (have) => have > seconds, 30_000);
  }

  const start = async (environment: Record<string, string> = {}, url = database.url): Promise<TestApp> => {
    const server = await TestApp.start(environment, { ...database, url });
    running.push(server);
    await server.tokenOf('admin');
    return server;
  };
  const call = async (server: TestApp, url: string, times: number, token?: string): Promise<number[]> => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n += 1) statuses.push((await server.get(url, { token })).status);
    return statuses;
  };
  const admitted = (statuses: readonly number[]): number =>
    statuses.filter((status) => status !== 429).length;
  const login = (server: TestApp, username: string, address?: string): Promise<Answer> =>
    server.post(
      LOGIN,
      { username, password: 'Wrong-password-1' },
      { token: null, headers: address === undefined ? {} : { 'x-forwarded-for': address } },
    );
  const reported = (): Promise<{ caller: string; used: number }[]> =>
    database.query(`SELECT caller, used FROM rate_usage WHERE tier = 'general' ORDER BY caller`);

  it('are those of the contract where nobody sets others', () => {
    expect(readConfig({}).limits).toEqual({ general: 100, ai: 20, admin: 50, auth: 5 });
  });

  it('say with every answer how many requests are left, and when all are again', async () => {
    const server = await start({ RATE_LIMIT_GENERAL: '100' });
    const now = Date.now() / 1_000;
    const [first, second] = [await server.get(GENERAL), await server.get(`${GENERAL}/999999999`)];
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '99' });
    expect([second.status, second.headers['x-ratelimit-remaining']]).toEqual([404, '98']);
    const reset = Number(first.headers['x-ratelimit-reset']);
    expect([reset % 60, reset > now, reset <= now + 61]).toEqual([0, true, true]);
    expect(first.headers).not.toHaveProperty('retry-after');
  });

  it('refuse one too many with 429 and the time to wait, and leave other callers alone', async () => {
    const server = await start({ RATE_LIMIT_GENERAL: '30' });
    expect(admitted(await call(server, GENERAL, 30))).toBe(30);
    const { status, headers, body } = await server.get(GENERAL);
    expect([status, body.status, body.code]).toEqual([429, 'error', 'request/rate-limited']);
    expect(body.message).toMatch(/^Too many requests: at most 30 a minute; try again in \d+ s$/);
    expect(headers).toMatchObject({ 'x-ratelimit-limit': '30', 'x-ratelimit-remaining': '0' });
    const wait = Number(headers['retry-after']);
    expect([wait >= 1, wait <= 60]).toEqual([true, true]);
    expect((await server.get(GENERAL, { token: await server.tokenOf('viewer') })).status).toBe(200);

    const made = await server.post('/api/auth/keys', { name: 'a key', scopes: ['anomalies:read'] });
    const { key } = made.body.data as { key: string };
    expect((await server.get(GENERAL, { token: null, headers: { 'x-api-key': key } })).status).toBe(200);
  });

  it('refuse before any work is done', async () => {
    const server = await start({ RATE_LIMIT_GENERAL: '1' });
    await server.get(GENERAL);
    expect((await server.post(GENERAL, { title: 7 })).status).toBe(429);
    expect((await server.post(GENERAL, anomaly)).status).toBe(429);
    expect(await database.query('SELECT FROM anomalies WHERE title = $1', [anomaly.title])).toEqual([]);
    // Whoever may not do it at all hears that first, and strangers hear nothing of limits.
    expect((await server.get(ADMIN, { token: await server.tokenOf('operator') })).status).toBe(403);
    expect((await server.get(GENERAL, { token: null })).headers).not.toHaveProperty('x-ratelimit-limit');
  });

  it('count for each tier apart', async () => {
    const server = await start({ RATE_LIMIT_GENERAL: '4', RATE_LIMIT_AI: '3', RATE_LIMIT_ADMIN: '2' });
    expect(await call(server, AI, 4)).toEqual([200, 200, 200, 429]);
    expect(await call(server, ADMIN, 3)).toEqual([200, 200, 429]);
    expect(await call(server, GENERAL, 5)).toEqual([200, 200, 200, 200, 429]);
    expect((await server.get('/api/admin/egress')).headers['x-ratelimit-limit']).toBe('2');
  });

  it('do not hold for intake, probes, metrics and the document', async () => {
    const server = await start({ RATE_LIMIT_GENERAL: '1', RATE_LIMIT_ADMIN: '1' });
    const samples = { samples: [{ name: 'load', value: 1 }] };
    for (let n = 0; n < 3; n += 1) {
      const sent = await server.post('/api/telemetry/samples', samples);
      expect([sent.status, 'x-ratelimit-limit' in sent.headers]).toEqual([201, false]);
      for (const path of [
        '/healthz',
        '/readyz',
        '/health',
        '/api/status',
        '/metrics',
        '/api/docs',
        '/api/auth/health',
      ]) {
        const answer = await server.get(path, { token: null });
        expect([path, answer.status, 'x-ratelimit-limit' in answer.headers]).toEqual([path, 200, false]);
      }
    }
  });

  it('are off where they are 0', async () => {
    const server = await start();
    const { status, headers } = await server.get(GENERAL);
    expect([status, 'x-ratelimit-limit' in headers]).toEqual([200, false]);
    expect(await reported()).toEqual([]);
  });

  it('can be read by browsers', async () => {
    const server = await start();
    const { headers } = await server.get(GENERAL, { headers: { origin: 'http://localhost:3000' } });
    for (const name of [
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'Retry-After',
      'Idempotency-Replayed',
    ])
      expect(headers['access-control-expose-headers']).toContain(name);
  });

  it('stand in the document', async () => {
    const server = await start();
    const { paths } = (await server.get('/api/docs-json')).body as {
      paths: Record<string, Record<string, any>>;
    };
    const tier = (method: string, path: string) => [
      paths[path][method]['x-rate-tier'],
      '429' in paths[path][method].responses,
    ];
    expect(tier('get', GENERAL)).toEqual(['general', true]);
    expect(tier('get', AI)).toEqual(['ai', true]);
    expect(tier('post', ADMIN)).toEqual(['admin', true]);
    for (const path of ['login', 'register', 'refresh', 'change-password'])
      expect(tier('post', `/api/auth/${path}`)).toEqual(['auth', true]);
    expect(tier('get', '/health')).toEqual([undefined, false]);
  });

  it('do not heed the clock of the machine, which anybody may set', async () => {
    const server = await start({ RATE_LIMIT_GENERAL: '20' });
    const before = (await server.get(GENERAL)).headers['x-ratelimit-reset'];
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 86_400_000);
    const { headers } = await server.get('/api/auth/permissions', { token: await server.tokenOf('admin') });
    now.mockRestore();
    expect([headers['x-ratelimit-reset'], headers['x-ratelimit-remaining']]).toEqual([before, '18']);
  });

  describe('shared by two processes', () => {
    it('count what both admitted, exactly where a caller takes a breath between them', async () => {
      const [one, two] = [
        await start({ RATE_LIMIT_GENERAL: '40' }),
        await start({ RATE_LIMIT_GENERAL: '40' }),
      ];
      expect(admitted(await call(one, GENERAL, 25))).toBe(25);
      await eventually(reported, ([row]) => row?.used === 25);
      expect(admitted(await call(two, GENERAL, 25))).toBe(15);
      // What the second admitted is told by its own report.
      await eventually(reported, ([row]) => row?.used === 40);
      expect(admitted(await call(one, GENERAL, 10))).toBeLessThanOrEqual(4);
    });

    it('admit no more than a slice each too many to a caller who storms both at once', async () => {
      const [one, two] = [
        await start({ RATE_LIMIT_GENERAL: '100' }),
        await start({ RATE_LIMIT_GENERAL: '100' }),
      ];
      const answers = await Promise.all(
        Array.from({ length: 300 }, (_, n) => (n % 2 === 0 ? one : two).get(GENERAL)),
      );
      const count = admitted(answers.map(({ status }) => status));
      expect(count).toBeGreaterThanOrEqual(100);
      expect(count).toBeLessThanOrEqual(119);
      await eventually(reported, ([row]) => row?.used === count);
    });

    it('cost a GET no write: what was admitted is told together, a second later', async () => {
      const server = await start({ RATE_LIMIT_GENERAL: '1000' });
      await server.get(GENERAL);
      await eventually(reported, ([row]) => row?.used === 1);
      const query = jest.spyOn(Database.prototype, 'query');
      const reports = () => query.mock.calls.filter(([{ name }]) => name.startsWith('rate_usage')).length;
      const begun = performance.now();
      await call(server, GENERAL, 60);
      // A slow machine may take longer than a report waits.
      expect(reports()).toBeLessThanOrEqual(Math.floor((performance.now() - begun) / 1_000));
      await eventually(reported, ([row]) => row?.used === 61);
      const count = reports();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(reports()).toBe(count);
      expect(count).toBeLessThanOrEqual(2);
      query.mockRestore();
    });

    it('keep what a process admitted before it stopped', async () => {
      const leaving = await start({ RATE_LIMIT_GENERAL: '100' });
      await call(leaving, GENERAL, 3);
      await leaving.stop();
      running.splice(running.indexOf(leaving), 1);
      expect(await reported()).toEqual([{ caller: expect.stringMatching(/^user:\d+$/), used: 3 }]);
    });
  });

  describe('of signing in', () => {
    it('hold exactly, over all processes and at once', async () => {
      const limited = await Promise.all([0, 1].map(() => TestApp.start({ RATE_LIMIT_AUTH: '5' }, database)));
      running.push(...limited);
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => login(limited[n % 2], `name-${n}`)),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 401)).toHaveLength(5);
      expect(statuses.filter((status) => status === 429)).toHaveLength(35);
      const refused = answers.find(({ status }) => status === 429);
      expect(refused?.body.message).toMatch(/^Too many attempts: at most 5 a minute/);
      expect(refused?.headers).toMatchObject({ 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '0' });
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    });

    it('count logins, registrations and refreshes of an address together', async () => {
      const server = await TestApp.start({ RATE_LIMIT_AUTH: '3' }, database);
      running.push(server);
      const attempt = async (path: string, body: object) =>
        (await server.post(`/api/auth/${path}`, body, { token: null })).status;
      expect(await attempt('login', { username: 'admin', password: ADMIN_PASSWORD })).toBe(200);
      expect(await attempt('refresh', { refresh_token: 'none' })).toBe(401);
      expect(await attempt('register', { username: 'x' })).toBe(400);
      expect(await attempt('login', { username: 'admin', password: ADMIN_PASSWORD })).toBe(429);
    });

    it('count by the address that our proxy saw, whatever the caller claims', async () => {
      const server = await TestApp.start({ RATE_LIMIT_AUTH: '2', TRUST_PROXY: 'true' }, database);
      running.push(server);
      const statuses: number[] = [];
      for (let n = 0; n < 3; n += 1)
        statuses.push((await login(server, `a-${n}`, `198.51.100.${n}, 203.0.113.7`)).status);
      expect(statuses).toEqual([401, 401, 429]);
      expect((await login(server, 'b', '203.0.113.7, 203.0.113.8')).status).toBe(401);
      const callers = await database.query<{ caller: string }>(
        'SELECT caller FROM rate_usage ORDER BY caller',
      );
      expect(callers.map(({ caller }) => caller)).toEqual(['address:203.0.113.7', 'address:203.0.113.8']);
    });

    it('heed no proxy where none is declared, nor one that is not at a declared address', async () => {
      for (const TRUST_PROXY of ['false', '192.0.2.0/24']) {
        await database.query('TRUNCATE rate_usage');
        const server = await TestApp.start({ RATE_LIMIT_AUTH: '2', TRUST_PROXY }, database);
        running.push(server);
        const statuses: number[] = [];
        for (let n = 0; n < 3; n += 1)
          statuses.push((await login(server, `c-${n}`, `198.51.100.${n}`)).status);
        expect([TRUST_PROXY, ...statuses]).toEqual([TRUST_PROXY, 401, 401, 429]);
      }
    });

    it('begin anew with the minute', async () => {
      const server = await TestApp.start({ RATE_LIMIT_AUTH: '1' }, database);
      running.push(server);
      expect([(await login(server, 'd')).status, (await login(server, 'd')).status]).toEqual([401, 429]);
      await database.query(`UPDATE rate_usage SET window_start = window_start - interval '1 minute'`);
      expect([(await login(server, 'd')).status, (await login(server, 'd')).status]).toEqual([401, 429]);
    });
  });

  describe('while the database is away', () => {
    let line: DatabaseLine;

    beforeAll(async () => {
      line = new DatabaseLine(new URL(database.url));
      await line.open();
    });
    afterEach(() => line.open());
    afterAll(() => line.cut());

    it('hold for each process by itself, so that reads go on, but nobody signs in', async () => {
      const server = await start({ RATE_LIMIT_GENERAL: '30', RATE_LIMIT_AUTH: '30' }, line.url);
      // Needs no database, once it is known who calls.
      const own = '/api/auth/permissions';
      expect((await server.get(own)).status).toBe(200);
      await line.cut();
      expect(admitted(await call(server, own, 35))).toBe(29);
      const refused = await login(server, 'e');
      expect([refused.status, refused.body.code, Number(refused.headers['retry-after']) > 0]).toEqual([
        503,
        'database/unavailable',
        true,
      ]);
      await line.open();
      await eventually(reported, ([row]) => row?.used === 30);
      await eventually(
        async () => (await login(server, 'e')).status,
        (status) => status === 401,
      );
    }, 60_000);
  });

  it('are forgotten when their minute is over, also where the clock was set back', async () => {
    const server = await start({ RATE_LIMIT_GENERAL: '100' });
    await database.query(
      `INSERT INTO rate_usage VALUES ('general', 'user:-1', now() - interval '6 minutes', 1), ('auth', 'address:x', now() + interval '1 day', 5),
       ('auth', 'address:y', now(), 5)`,
    );
    await server.app.get(RetentionService, { strict: false }).run();
    expect(await database.query(`SELECT caller FROM rate_usage ORDER BY caller`)).toEqual([
      { caller: 'address:y' },
    ]);
  });

  it('are counted for operators where they refused', async () => {
    const server = await start({ RATE_LIMIT_AI: '1' });
    await call(server, AI, 3);
    expect((await server.get('/metrics', { token: null })).text).toMatch(
      /^http_rate_limited_total\{tier="ai"\} 2$/m,
    );
  });
});
