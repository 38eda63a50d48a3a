import type { OpenAPIObject } from '@nestjs/swagger';

import { AnomalyListService } from '../../src/anomaly/anomaly-list.service';
import { fillPath, isEndless, operationsOf } from '../../src/docs/api-document';
import { TestApp } from '../support/test-app';
import { CapturedLog } from './captured-log';

const SIGNING_KEY = 'canary-signing-key-aaaaaaaaaaaaaaaaaaaaaaaa';
const FIRST_ADMIN = 'Canary-admin-password-1';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

/**
 * Secrets that come in by every door, each a text of its own, are looked for in everything that goes out: answers, log lines, audit rows,
 * and the whole database.
 */
describe('a secret', () => {
  let log: CapturedLog;
  let server: TestApp;
  let admin: string;
  const canaries = new Map<string, string>();
  const answers: { what: string; text: string }[] = [];

  /** A secret to plant, remembered by where it was planted. */
  function canary(where: string): string {
    const secret = `Canary-${canaries.size}-${where.replace(/\W+/g, '-')}-x7Q`;
    canaries.set(where, secret);
    return secret;
  }

  async function call(
    method: string,
    path: string,
    call: { body?: unknown; headers?: Record<string, string>; token?: string | null } = {},
  ): Promise<{ status: number; body: unknown }> {
    const { status, text, body, headers } = await server.call(method, path, { token: admin, ...call });
    answers.push({ what: `${method} ${path.slice(0, 40)}`, text: `${JSON.stringify(headers)} ${text}` });
    return { status, body };
  }

  beforeAll(async () => {
    log = new CapturedLog();
    server = await TestApp.start({
      LOG_LEVEL: 'trace',
      JWT_SECRET: SIGNING_KEY,
      ADMIN_PASSWORD: FIRST_ADMIN,
    });
    canaries.set('the signing key', SIGNING_KEY);
    canaries.set('the first admin’s password', FIRST_ADMIN);
    canaries.set('the password of the database', new URL(server.database.url).password);
    // This answer alone may show the tokens.
    const login = await server.post(
      '/api/auth/login',
      { username: 'admin', password: FIRST_ADMIN },
      { token: null },
    );
    const session = (login.body as { data: { token: string; refresh_token: string } }).data;
    admin = session.token;
    canaries.set('an access token', session.token.split('.')[2]);
    canaries.set('a refresh token', session.refresh_token);
    const made = await server.post(
      '/api/auth/keys',
      { name: 'shown once', scopes: ['anomalies:read'] },
      { token: admin },
    );
    canaries.set('an API key', (made.body as { data: { key: string } }).data.key);
    await plant();
    await provoke();
    await readEverything();
  });
  afterAll(async () => {
    log.stop();
    await server.stop();
  });

  async function plant(): Promise<void> {
    const stranger = { token: null };
    await call('POST', '/api/auth/login', {
      ...stranger,
      body: { username: 'admin', password: canary('a wrong password') },
    });
    await call('POST', '/api/auth/login', {
      ...stranger,
      body: { username: canary('a password typed as a name'), password: 'x' },
    });
    await call('POST', '/api/auth/register', {
      ...stranger,
      body: { username: 'newcomer', email: 'newcomer@example.org', password: canary('a registration') },
    });
    await call('POST', '/api/auth/register', {
      ...stranger,
      body: { username: '?', email: '?', password: canary('a refused registration') },
    });
    await call('POST', '/api/auth/refresh', {
      ...stranger,
      body: { refresh_token: canary('an unknown refresh token') },
    });
    await call('POST', '/api/auth/users', {
      body: {
        username: 'colleague',
        email: 'colleague@example.org',
        password: canary('a made account'),
        role: 'viewer',
      },
    });
    await call('PUT', '/api/auth/users/2', { body: { password: canary('a reset password') } });
    await call('POST', '/api/auth/change-password', {
      body: { current_password: canary('a wrong current password'), new_password: canary('a new password') },
    });
    for (const [where, headers] of Object.entries({
      'a bearer token': (secret: string) => ({ authorization: `Bearer ${secret}` }),
      'a basic password': (secret: string) => ({ authorization: basic(`admin:${secret}`) }),
      'another scheme': (secret: string) => ({ authorization: `Digest ${secret}` }),
      'an API key header': (secret: string) => ({ 'x-api-key': secret }),
      'a cookie': (secret: string) => ({ cookie: `session=${secret}` }),
      'a proxy’s header': (secret: string) => ({
        'proxy-authorization': `Basic ${secret}`,
        'x-auth-token': secret,
      }),
    })) {
      await call('GET', '/api/anomalies', { ...stranger, headers: headers(canary(where)) });
      await call('POST', '/api/anomalies', {
        ...stranger,
        headers: headers(canary(`${where} of a write`)),
        body: {},
      });
    }
    await call('GET', `/api/anomalies?token=${canary('a query')}&password=${canary('a query’s password')}`);
    await call('GET', `/api/nothing?api_key=${canary('the query of an unknown path')}`, stranger);
    await call('POST', '/api/anomalies', {
      body: {
        title: 'x',
        password: canary('an unknown member'),
        description: 'x',
        severity: 'low',
        anomaly_score: 0,
        confidence: 0,
      },
    });
    await call('POST', '/api/anomalies', {
      body: `{"password":"${canary('broken JSON')}"`,
      headers: { 'content-type': 'application/json' },
    });
    await call('POST', '/api/anomalies', {
      body: `password=${canary('a form')}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    for (const path of ['/api/admin/egress', '/api/telemetry/targets']) {
      await call('POST', path, {
        body: { name: 'x', url: `http://user:${canary(`a URL for ${path}`)}@example.org/` },
      });
    }
  }

  /** Faults inside, whose own words hold what nobody may read. */
  async function provoke(): Promise<void> {
    const lists = server.app.get(AnomalyListService, { strict: false });
    const faults = [
      Object.assign(
        new Error(`connect ECONNREFUSED postgres://app:${canary('a fault’s connection string')}@db:5432/app`),
        { code: 'ECONNREFUSED' },
      ),
      new Error(`cannot open redis://:${canary('another fault’s connection string')}@cache:6379`),
      Object.assign(new Error('insert failed'), {
        parameters: [canary('a statement’s parameter')],
        query: `INSERT INTO users VALUES ('${canary('a statement')}')`,
        detail: `Key (token)=(${canary('a constraint’s detail')}) exists`,
      }),
      Object.assign(new Error('request failed'), {
        config: { headers: { authorization: `Bearer ${canary('a client’s request')}` } },
        password: canary('a member of an error'),
      }),
    ];
    for (const fault of faults) {
      const stats = jest.spyOn(lists, 'stats').mockRejectedValueOnce(fault);
      const { status } = await call('GET', '/api/anomalies/stats');
      expect([500, 503]).toContain(status);
      stats.mockRestore();
    }
  }

  /** Every page that there is to read. */
  async function readEverything(): Promise<void> {
    const operations = operationsOf(
      (await server.get('/api/docs-json', { token: null })).body as OpenAPIObject,
    );
    for (const operation of operations.filter(
      (operation) => operation.method === 'GET' && !isEndless(operation),
    )) {
      await call(
        'GET',
        fillPath(operation.path, () => 1),
      );
    }
    await call('GET', '/api/auth/users/2');
    await call('GET', '/monitoring/logs?limit=500');
  }

  /** The places that a text holds of what was planted; those that are long enough to be no coincidence. */
  const seenIn = (text: string): string[] =>
    [...canaries].filter(([, secret]) => text.includes(secret)).map(([where]) => where);

  it('was planted by more than thirty doors, and everything was read', () => {
    expect(canaries.size).toBeGreaterThan(30);
    expect(answers.length).toBeGreaterThan(70);
    expect([...canaries.values()].filter((secret) => secret.length < 8)).toEqual([]);
    expect(log.lines.length).toBeGreaterThan(70);
  });

  it('is in no answer but the one that hands it over', () => {
    expect(
      answers.map(({ what, text }) => ({ what, seen: seenIn(text) })).filter(({ seen }) => seen.length > 0),
    ).toEqual([]);
  });

  it('is in no line of the log, at its most talkative', () => {
    expect(
      log.lines
        .map((line) => ({ line: line.slice(0, 300), seen: seenIn(line) }))
        .filter(({ seen }) => seen.length > 0),
    ).toEqual([]);
  });

  it('is in no row of any table: passwords, tokens and keys are kept as hashes', async () => {
    const tables = await server.database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'jobs')`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      for (const { row } of await server.database.query<{ row: string }>(
        `SELECT t::text AS row FROM ${name} t`,
      ))
        found.push(...seenIn(row).map((where) => `${name}: ${where}`));
    }
    expect(found).toEqual([]);
  });

  it('shows of the configuration only whether it is set', async () => {
    const { body } = await server.get('/api/config', { token: admin });
    const settings = (
      body as { data: { config: { settings: { name: string; secret: boolean; value: unknown }[] }[] } }
    ).data.config.flatMap((section) => section.settings);
    expect(settings.filter(({ secret }) => secret).map(({ name, value }) => [name, value])).toEqual([
      ['DATABASE_URL', 'set'],
      ['ADMIN_PASSWORD', 'set'],
      ['JWT_SECRET', 'set'],
      ['SECRETS_KEY', 'not set'],
      ['SECRETS_KEY_PREVIOUS', 'not set'],
      ['SMTP_PASSWORD', 'not set'],
    ]);
  });

  it('may be looked for by the id of a failed request, which both the answer and the log name', () => {
    const failed = answers
      .filter(({ text }) => text.includes('"Internal server error"'))
      .map(({ text }) => /"request_id":"([^"]+)"/.exec(text)?.[1] ?? '');
    expect(failed).toHaveLength(3);
    for (const id of failed)
      expect(log.lines.some((line) => line.includes(id) && line.includes('request failed'))).toBe(true);
  });
});
