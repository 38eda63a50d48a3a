import { ADMIN_PASSWORD, Answer, TestApp } from '../support/test-app';

interface StoredAnomaly {
  id: number;
  title: string;
  description: string;
}

const anomalyWith = (text: string): object => ({
  title: text,
  description: text,
  severity: 'medium',
  anomaly_score: 0.75,
  confidence: 0.85,
});

/** The fifteen cases of the developer guide, in its eight categories. The other files of this folder go into each with more force. */
describe('the security cases of the developer guide', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start({ TRUST_PROXY: 'true' });
  });
  afterAll(() => server.stop());

  async function report(text: string): Promise<StoredAnomaly> {
    const answer = await server.post('/api/anomalies', anomalyWith(text));
    expect([text, answer.status]).toEqual([text, 201]);
    return (answer.body as { data: { anomaly: StoredAnomaly } }).data.anomaly;
  }

  async function keptAsSent(texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      const { id } = await report(text);
      expect(Number.isInteger(id)).toBe(true);
      const { anomaly } = (
        (await server.get(`/api/anomalies/${id}`)).body as { data: { anomaly: StoredAnomaly } }
      ).data;
      expect(anomaly).toMatchObject({ id, title: text, description: text });
    }
  }

  describe('SQL injection', () => {
    it('1. is stored as the text it is', () =>
      keptAsSent(["'; DROP TABLE anomalies; --", "' OR '1'='1", "'; DELETE FROM users; --"]));

    it('2. finds nothing but itself in a filter, and leaves every row where it is', async () => {
      const total = async (query: string): Promise<number> =>
        ((await server.get(`/api/anomalies?${query}`)).body as { data: { pagination: { total: number } } })
          .data.pagination.total;
      const before = await total('');
      expect(await total(`status=${encodeURIComponent("open' OR 1=1")}`)).toBe(0);
      expect(await total(`search=${encodeURIComponent("' OR '1'='1")}`)).toBe(1);
      expect(await total('')).toBe(before);
      expect(await server.database.query('SELECT FROM users')).toHaveLength(1);
    });
  });

  describe('XSS', () => {
    const TEXTS = [
      '<script>alert("xss")</script>',
      'javascript:alert(1)',
      '<img src=x onerror=alert(1)>',
      '"><svg/onload=alert(1)>',
    ];

    it('3. is stored as the text it is', () => keptAsSent(TEXTS));

    it('4. leaves the product as JSON or as a file, never as a page', async () => {
      for (const path of [
        '/api/anomalies',
        '/api/anomalies/export?format=csv',
        '/api/anomalies/export?format=json',
      ]) {
        const { headers, text } = await server.get(path);
        expect(text).toContain('alert(1)');
        expect(headers['content-type']).toMatch(/^(application\/json|text\/csv); charset=utf-8$/);
        expect(headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        });
      }
    });
  });

  it('5. a command is stored as the text it is, and run by nobody', async () => {
    await keptAsSent(['; rm -rf /', '| cat /etc/passwd', '&& whoami', '$(reboot)', '`id`', '\n/bin/sh']);
    expect((await server.get('/readyz')).status).toBe(200);
  });

  describe('path traversal', () => {
    it('6. is stored as the text it is', () =>
      keptAsSent([
        '../../../etc/passwd',
        '..\\..\\windows\\win.ini',
        '/etc/passwd%00.png',
        'file:///etc/shadow',
      ]));

    it('7. leads to no file', async () => {
      for (const path of [
        '/api/docs/..%2f..%2fpackage.json',
        '/api/docs/%2e%2e/%2e%2e/package.json',
        '/../../etc/passwd',
        '/api/anomalies/..%2f..%2f.env',
        '/.env',
        '/package.json',
      ]) {
        const { status, text } = await server.get(path);
        expect([path, status === 400 || status === 404]).toEqual([path, true]);
        expect(text).not.toMatch(/root:|"dependencies"/);
      }
    });
  });

  describe('JSON injection', () => {
    const send = (body: string): Promise<Answer> =>
      server.post('/api/anomalies', body, { headers: { 'content-type': 'application/json' } });

    it('8. changes no prototype and adds no member', async () => {
      for (const body of ['{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"isAdmin":true}}}'])
        expect((await send(body)).status).toBe(400);
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
      await keptAsSent(['","role":"admin', '{"$ne": null}', '\\u0022,\\u0022admin\\u0022:true']);
    });

    it('9. that is broken, deep or of the wrong kinds is refused', async () => {
      const { title, description, ...rest } = anomalyWith('x') as Record<string, unknown>;
      for (const body of [
        '{"title":',
        '[]',
        `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
        JSON.stringify({ ...rest, title: { $gt: '' }, description }),
        JSON.stringify({ ...rest, title, description: ['x'] }),
      ]) {
        expect([body.slice(0, 60), (await send(body)).status]).toEqual([body.slice(0, 60), 400]);
      }
    });
  });

  describe('data leakage', () => {
    it('10. does not happen by errors: they say what is wrong with the request, and nothing of the inside', async () => {
      const answers = [
        await server.get('/api/anomalies/999999'),
        await server.get("/api/anomalies/1'"),
        await server.post('/api/anomalies', { title: 'x' }),
        await server.get('/api/nothing'),
      ];
      for (const { text, body } of answers) {
        expect(body).toMatchObject({ status: 'error' });
        expect(text).not.toMatch(/stack|\.ts|\.js:|node_modules|SELECT|postgres|password/i);
      }
    });

    it('11. does not happen by answers about people: no hash, no password, no token', async () => {
      const made = await server.post('/api/auth/users', {
        username: 'colleague',
        email: 'colleague@example.org',
        password: ADMIN_PASSWORD,
      });
      for (const { text } of [made, await server.get('/api/auth/users'), await server.get('/api/auth/me')]) {
        expect(text).not.toMatch(/argon2|password|hash|token/i);
        expect(text).not.toContain(ADMIN_PASSWORD);
      }
    });
  });

  describe('authorization', () => {
    it('12. is asked of everybody, before anything else', async () => {
      for (const [method, path] of [
        ['GET', '/api/anomalies'],
        ['POST', '/api/anomalies'],
        ['PUT', '/api/anomalies/1'],
        ['DELETE', '/api/anomalies/1'],
        ['GET', '/api/auth/users'],
        ['GET', '/monitoring/logs'],
      ]) {
        expect([path, (await server.call(method, path, { token: null })).status]).toEqual([path, 401]);
        expect([path, (await server.call(method, path, { token: 'not.a.token' })).status]).toEqual([
          path,
          401,
        ]);
      }
    });

    it('13. ends where the role does', async () => {
      const viewer = { token: await server.tokenOf('viewer') };
      expect((await server.get('/api/anomalies', viewer)).status).toBe(200);
      expect((await server.post('/api/anomalies', anomalyWith('x'), viewer)).status).toBe(403);
      expect((await server.delete('/api/anomalies/1', viewer)).status).toBe(403);
      expect((await server.get('/api/auth/users', viewer)).status).toBe(403);
    });

    it('14. cannot be given to oneself', async () => {
      const body = {
        username: 'climber',
        email: 'climber@example.org',
        password: ADMIN_PASSWORD,
        role: 'admin',
        is_active: true,
        permissions: ['users:manage'],
      };
      const { body: made } = await server.post('/api/auth/register', body, { token: null });
      expect((made as { data: { user: { role: string } } }).data.user.role).toBe('user');
    });
  });

  it('15. rate limiting: after five wrong passwords comes 429, with the time to wait', async () => {
    const attempt = (): Promise<Answer> =>
      server.post(
        '/api/auth/login',
        { username: 'admin', password: 'Wrong-password-1' },
        { token: null, headers: { 'x-forwarded-for': '203.0.113.99' } },
      );
    for (let index = 0; index < 5; index += 1) expect((await attempt()).status).toBe(401);
    const { status, body, headers } = await attempt();
    expect([status, (body as { message: string }).message]).toEqual([429, 'Too many attempts']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });
});
