import { createHmac } from 'node:crypto';

import { FirstAdmin } from '../../src/auth/first-admin';
import { ADMIN_PASSWORD, Answer, TestApp } from '../support/test-app';
import { createTestDatabase } from '../support/test-database';

const SECRET = 'a-signing-key-of-the-tests-that-is-long-enough';
const PASSWORD = 'Analytical-engine-1';
const stranger = { token: null };

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

function forge(claims: object, header: object = { alg: 'HS256', typ: 'JWT' }, secret = SECRET): string {
  const body = `${encode(header)}.${encode(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

/** The members of a token, to be signed anew with something changed. */
function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()) as Record<string, unknown>;
}

describe('who gets in', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start({ TRUST_PROXY: 'true' });
  });
  afterAll(() => server.stop());

  const login = (body: object, address = '198.51.100.1'): Promise<Answer> =>
    server.post('/api/auth/login', body, { token: null, headers: { 'x-forwarded-for': address } });
  const makeUser = async (username: string, role = 'user'): Promise<{ id: number }> => {
    const made = await server.post('/api/auth/users', {
      username,
      email: `${username}@example.org`,
      password: PASSWORD,
      role,
    });
    return made.body.data.user as { id: number };
  };
  const signIn = async (username: string): Promise<{ token: string; refresh_token: string }> =>
    (await login({ username, password: PASSWORD })).body.data as { token: string; refresh_token: string };
  const statusWith = async (headers: Record<string, string>): Promise<number> =>
    (await server.get('/api/auth/me', { token: null, headers })).status;

  describe('no credentials but valid ones', () => {
    it('open any protected operation', async () => {
      const genuine = (await signIn((await makeUser('victim', 'admin'), 'victim'))).token;
      const claims = claimsOf(genuine);
      const now = Math.floor(Date.now() / 1_000);
      expect(await statusWith({ authorization: `Bearer ${forge(claims)}` })).toBe(200);

      const credentials: [string, Record<string, string>][] = [
        ['none', {}],
        ['an empty header', { authorization: '' }],
        ['a scheme alone', { authorization: 'Bearer' }],
        ['rubbish', { authorization: 'Bearer rubbish' }],
        ['a token without a scheme', { authorization: genuine }],
        ['another scheme', { authorization: `Token ${genuine}` }],
        ['a cookie', { cookie: `token=${genuine}` }],
        ['no algorithm', { authorization: `Bearer ${encode({ alg: 'none' })}.${encode(claims)}.` }],
        ['no signature', { authorization: `Bearer ${genuine.replace(/[^.]+$/, '')}` }],
        ['another algorithm', { authorization: `Bearer ${forge(claims, { alg: 'HS384', typ: 'JWT' })}` }],
        [
          'another secret',
          { authorization: `Bearer ${forge(claims, { alg: 'HS256', typ: 'JWT' }, 'secret')}` },
        ],
        [
          'a key by path',
          { authorization: `Bearer ${forge(claims, { alg: 'HS256', typ: 'JWT', kid: '/dev/null' }, '')}` },
        ],
        [
          'a token that has expired',
          {
            authorization: `Bearer ${forge({ ...claims, iat: now - 7_200, nbf: now - 7_200, exp: now - 3_600 })}`,
          },
        ],
        ['a token that never expires', { authorization: `Bearer ${forge({ ...claims, exp: undefined })}` }],
        [
          'a token of years',
          { authorization: `Bearer ${forge({ ...claims, iat: now - 86_400, exp: now + 1e8 })}` },
        ],
        ['a refresh token by type', { authorization: `Bearer ${forge({ ...claims, type: 'refresh' })}` }],
        ['a refresh token', { authorization: `Bearer ${(await signIn('victim')).refresh_token}` }],
        ['another audience', { authorization: `Bearer ${forge({ ...claims, aud: 'other' })}` }],
        ['another issuer', { authorization: `Bearer ${forge({ ...claims, iss: 'other' })}` }],
        ['an older version', { authorization: `Bearer ${forge({ ...claims, token_version: 99 })}` }],
        [
          'a session that never was',
          { authorization: `Bearer ${forge({ ...claims, sid: '00000000-0000-4000-8000-000000000000' })}` },
        ],
        ['the session of somebody else', { authorization: `Bearer ${forge({ ...claims, user_id: 1 })}` }],
        ['a user who never was', { authorization: `Bearer ${forge({ ...claims, user_id: 999_999 })}` }],
        ['a key that never was', { 'x-api-key': `sco_abcdefgh_${'A'.repeat(43)}` }],
        ['a key of another form', { 'x-api-key': "' OR 1=1 --" }],
        ['Basic without a colon', { authorization: basic('admin') }],
        ['Basic with a NUL', { authorization: basic('admin\0:x') }],
        [
          'Basic that is not text',
          { authorization: `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0x41]).toString('base64')}` },
        ],
        ['Basic with a wrong password', { authorization: basic('victim:Wrong-password-1') }],
      ];
      const operations = [
        ['GET', '/api/auth/me'],
        ['GET', '/auth/profile'],
        ['POST', '/api/auth/verify'],
        ['POST', '/api/auth/logout'],
        ['POST', '/api/auth/change-password'],
        ['GET', '/api/auth/permissions'],
        ['GET', '/api/auth/users'],
        ['PUT', '/auth/users/1'],
        ['POST', '/api/auth/keys'],
        ['DELETE', '/api/auth/keys/1'],
      ];
      const opened: string[] = [];
      for (const [index, [method, path]] of operations.entries()) {
        for (const [name, given] of credentials) {
          const headers = { ...given, 'x-forwarded-for': `198.51.100.${100 + index}` };
          const { status, body } = await server.call(method, path, {
            token: null,
            headers,
            body: method === 'GET' ? undefined : { a: 1 },
          });
          if (status !== 401 || body.status !== 'error')
            opened.push(`${method} ${path} with ${name}: ${status}`);
        }
      }
      expect(opened).toEqual([]);
    });

    it('are told apart by the message', async () => {
      const message = async (headers: Record<string, string>) =>
        (await server.get('/api/auth/me', { token: null, headers })).body.message;
      const claims = claimsOf(await server.tokenOf('admin'));
      expect(await message({})).toBe('Authorization header required');
      expect(await message({ authorization: 'Digest x' })).toBe('Invalid authorization header format');
      expect(await message({ authorization: 'Bearer a.b.c' })).toBe('Invalid or expired token');
      const long = Math.floor(Date.now() / 1_000) - 5_000;
      expect(
        await message({
          authorization: `Bearer ${forge({ ...claims, iat: long, nbf: long, exp: long + 900 })}`,
        }),
      ).toBe('Token has expired');
    });
  });

  describe('a flood of guesses', () => {
    it('meets 429 after five, with the time to wait, while the owner gets in from elsewhere', async () => {
      await makeUser('guessed');
      const guesses = [];
      for (let index = 0; index < 6; index += 1)
        guesses.push(
          await login({ username: 'guessed', password: `Wrong-password-${index}` }, '203.0.113.1'),
        );
      expect(guesses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
      expect(guesses[5].body.message).toBe('Too many attempts');
      const wait = Number(guesses[5].headers['retry-after']);
      expect(wait).toBeGreaterThan(890);
      expect(wait).toBeLessThanOrEqual(900);
      expect((await login({ username: 'guessed', password: PASSWORD }, '203.0.113.1')).status).toBe(429);
      expect((await login({ username: 'guessed', password: PASSWORD }, '203.0.113.2')).status).toBe(200);
    });

    it('counts the same for an account that does not exist', async () => {
      const statuses = [];
      for (let index = 0; index < 6; index += 1)
        statuses.push(
          (await login({ username: 'ghost', password: 'Wrong-password-1' }, '203.0.113.3')).status,
        );
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    });

    it('counts one by one when all come at once', async () => {
      await makeUser('rushed');
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          login({ username: 'rushed', password: `Wrong-password-${index}` }, '203.0.113.4'),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 401)).toHaveLength(5);
      expect(statuses.filter((status) => status === 429)).toHaveLength(25);
    });

    it('does not stop the owner who signs in many times at once', async () => {
      await makeUser('busy');
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => login({ username: 'busy', password: PASSWORD }, '203.0.113.5')),
      );
      expect(answers.every(({ status }) => status === 200)).toBe(true);
    });

    it('counts the right password of a disabled account as well, which would otherwise tell that it is right', async () => {
      const { id } = await makeUser('disabled');
      await server.put(`/api/auth/users/${id}`, { is_active: false });
      const statuses = [];
      for (let index = 0; index < 6; index += 1)
        statuses.push((await login({ username: 'disabled', password: PASSWORD }, '203.0.113.12')).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    });

    it('is forgotten after a success', async () => {
      await makeUser('clumsy');
      const attempt = async (password: string) =>
        (await login({ username: 'clumsy', password }, '203.0.113.6')).status;
      for (let index = 0; index < 4; index += 1) expect(await attempt('Wrong-password-1')).toBe(401);
      expect(await attempt(PASSWORD)).toBe(200);
      for (let index = 0; index < 4; index += 1) expect(await attempt('Wrong-password-1')).toBe(401);
      expect(await attempt(PASSWORD)).toBe(200);
    });

    it('is over after a quarter of an hour', async () => {
      await makeUser('patient');
      const attempt = async (password: string) =>
        (await login({ username: 'patient', password }, '203.0.113.7')).status;
      for (let index = 0; index < 5; index += 1) await attempt('Wrong-password-1');
      expect(await attempt(PASSWORD)).toBe(429);
      await server.database.query(
        `UPDATE login_attempts SET counted_since = counted_since - interval '900 seconds', blocked_until = blocked_until - interval '900 seconds'
         WHERE address = '203.0.113.7'`,
      );
      expect(await attempt('Wrong-password-1')).toBe(401);
      expect(await attempt(PASSWORD)).toBe(200);
    });

    it('over many accounts blocks the address, but not whoever is at home there', async () => {
      await makeUser('at-home');
      await makeUser('newcomer');
      const address = '203.0.113.8';
      expect((await login({ username: 'at-home', password: PASSWORD }, address)).status).toBe(200);
      const statuses = [];
      for (let index = 0; index < 21; index += 1)
        statuses.push((await login({ username: `name-${index}`, password: PASSWORD }, address)).status);
      expect(statuses).toEqual([...Array<number>(20).fill(401), 429]);
      expect((await login({ username: 'newcomer', password: PASSWORD }, address)).status).toBe(429);
      expect((await login({ username: 'at-home', password: PASSWORD }, address)).status).toBe(200);
    });

    it('over one network of IPv6 counts as one address', async () => {
      await makeUser('modern');
      for (let index = 0; index < 5; index += 1)
        await login({ username: 'modern', password: 'Wrong-password-1' }, `2001:db8:1:2::${index}`);
      expect((await login({ username: 'modern', password: PASSWORD }, '2001:db8:1:2:ffff::1')).status).toBe(
        429,
      );
      expect((await login({ username: 'modern', password: PASSWORD }, '2001:db8:1:3::1')).status).toBe(200);
    });

    it('by Basic authentication and by change-password counts as well', async () => {
      await makeUser('indirect');
      const headers = { authorization: basic('indirect:Wrong-password-1'), 'x-forwarded-for': '203.0.113.9' };
      const statuses = [];
      for (let index = 0; index < 6; index += 1) statuses.push(await statusWith(headers));
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);

      const { token } = await signIn('indirect');
      const change = { current_password: 'Wrong-password-1', new_password: 'Another-one-33' };
      const changes = [];
      for (let index = 0; index < 6; index += 1) {
        changes.push(
          (
            await server.post('/api/auth/change-password', change, {
              token,
              headers: { 'x-forwarded-for': '203.0.113.10' },
            })
          ).status,
        );
      }
      expect(changes).toEqual([401, 401, 401, 401, 401, 429]);
    });

    it('leaves no name as typed: it may be a password', async () => {
      await login({ username: 'Hunter2-in-the-name-field', password: 'x' }, '203.0.113.11');
      const rows = await server.database.query<{ text: string }>(
        'SELECT audit_log::text AS text FROM audit_log UNION ALL SELECT login_attempts::text FROM login_attempts',
      );
      expect(rows.map(({ text }) => text).join('\n')).not.toContain('Hunter2');
    });
  });

  it('a password that was changed opens nothing any more, though it has just been accepted', async () => {
    const { id } = await makeUser('changed');
    const [old, current] = [basic(`changed:${PASSWORD}`), basic('changed:Analytical-engine-2')];
    expect(await statusWith({ authorization: old })).toBe(200);
    await server.put(`/api/auth/users/${id}`, { password: 'Analytical-engine-2' });
    expect(await statusWith({ authorization: old })).toBe(401);
    expect(await statusWith({ authorization: current })).toBe(200);
  });

  describe('a refresh token', () => {
    const refresh = (refresh_token: string) => server.post('/api/auth/refresh', { refresh_token }, stranger);

    it('that is used twice ends its session, and no other', async () => {
      await makeUser('stolen-from');
      const [session, other] = [await signIn('stolen-from'), await signIn('stolen-from')];
      const next = (await refresh(session.refresh_token)).body.data as {
        token: string;
        refresh_token: string;
      };
      const replay = await refresh(session.refresh_token);
      expect([replay.status, replay.body.message]).toEqual([401, 'Invalid or expired token']);
      expect((await refresh(next.refresh_token)).status).toBe(401);
      for (const token of [session.token, next.token])
        expect((await server.get('/api/auth/me', { token })).status).toBe(401);
      expect((await server.get('/api/auth/me', { token: other.token })).status).toBe(200);
      const [{ count }] = await server.database.query<{ count: string }>(
        `SELECT count(*) FROM audit_log WHERE action = 'user.refresh_token_reused'`,
      );
      expect(Number(count)).toBe(1);
    });

    it('that comes ten times at once is exchanged once at most', async () => {
      await makeUser('raced');
      const { refresh_token: token } = await signIn('raced');
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(token)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
    });

    it('is not exchanged once it has expired', async () => {
      await makeUser('late');
      const { refresh_token: token } = await signIn('late');
      await server.database.query(
        `UPDATE refresh_tokens SET created_at = now() - interval '8 days', expires_at = now() - interval '1 second'
         WHERE user_id = (SELECT id FROM users WHERE username = 'late')`,
      );
      expect((await refresh(token)).status).toBe(401);
    });

    it('is not kept as it is, and neither are keys and passwords', async () => {
      const { refresh_token: token } = await signIn('late');
      const { key } = (await server.post('/api/auth/keys', { name: 'k', scopes: ['anomalies:read'] })).body
        .data as { key: string };
      const rows = await server.database.query<{ text: string }>(
        `SELECT users::text AS text FROM users UNION ALL SELECT refresh_tokens::text FROM refresh_tokens UNION ALL SELECT api_keys::text FROM api_keys
         UNION ALL SELECT audit_log::text FROM audit_log`,
      );
      const text = rows.map((row) => row.text).join('\n');
      for (const secret of [token, key, PASSWORD, ADMIN_PASSWORD]) expect(text).not.toContain(secret);
    });
  });

  describe('a disabled user', () => {
    it('is cut off at once, with tokens, keys and password alike, and stays so when enabled again', async () => {
      const { id } = await makeUser('leaver', 'admin');
      const session = await signIn('leaver');
      const made = await server.post(
        '/api/auth/keys',
        { name: 'k', scopes: ['users:manage'] },
        { token: session.token },
      );
      const headers = { authorization: basic(`leaver:${PASSWORD}`) };
      expect([await statusWith(headers), await statusWith({ 'x-api-key': made.body.data.key })]).toEqual([
        200, 200,
      ]);

      expect((await server.put(`/api/auth/users/${id}`, { is_active: false })).status).toBe(200);
      expect((await server.get('/api/auth/me', { token: session.token })).status).toBe(401);
      expect(await statusWith({ 'x-api-key': made.body.data.key })).toBe(401);
      expect(await statusWith(headers)).toBe(401);
      expect(
        (await server.post('/api/auth/refresh', { refresh_token: session.refresh_token }, stranger)).status,
      ).toBe(401);

      await server.put(`/api/auth/users/${id}`, { is_active: true });
      expect((await server.get('/api/auth/me', { token: session.token })).status).toBe(401);
      expect(
        (await server.post('/api/auth/refresh', { refresh_token: session.refresh_token }, stranger)).status,
      ).toBe(401);
      expect((await login({ username: 'leaver', password: PASSWORD })).status).toBe(200);
    });

    it('is cut off on every other process within five seconds', async () => {
      const other = await TestApp.start({}, server.database);
      try {
        const { id } = await makeUser('far-away');
        const { token } = await signIn('far-away');
        expect((await other.get('/api/auth/me', { token })).status).toBe(200);
        await server.put(`/api/auth/users/${id}`, { is_active: false });
        const now = performance.now.bind(performance);
        const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + 5_000);
        const { status } = await other.get('/api/auth/me', { token });
        clock.mockRestore();
        expect(status).toBe(401);
      } finally {
        await other.stop();
      }
    });
  });

  describe('rights', () => {
    it('do not come from the body of a registration', async () => {
      const { body } = await server.post(
        '/api/auth/register',
        {
          username: 'climber',
          email: 'climber@example.org',
          password: PASSWORD,
          role: 'admin',
          is_active: false,
          id: 1,
          token_version: 7,
          created_at: '2000-01-01T00:00:00Z',
        },
        stranger,
      );
      expect(body.data.user).toMatchObject({ role: 'user', is_active: true });
      expect(body.data.user.id).toBeGreaterThan(1);
      expect(body.data.user.created_at).not.toContain('2000');
    });

    it('do not come from the members of an update that nobody may set', async () => {
      const { id } = await makeUser('fixed');
      const { body } = await server.put(`/api/auth/users/${id}`, {
        role: 'viewer',
        username: 'renamed',
        id: 1,
        password_hash: 'x',
        token_version: 9,
      });
      expect(body.data.user).toMatchObject({ id, username: 'fixed', role: 'viewer' });
    });

    it('of a token come from the account, not from what the token says', async () => {
      await makeUser('modest', 'viewer');
      const { token } = await signIn('modest');
      expect(
        (await server.get('/api/auth/users', { token: forge({ ...claimsOf(token), role: 'admin' }) })).status,
      ).toBe(403);
    });

    it('of a key never exceed its maker’s, then or later', async () => {
      const { id } = await makeUser('maker', 'admin');
      const { token } = await signIn('maker');
      const { key } = (
        await server.post(
          '/api/auth/keys',
          { name: 'k', scopes: ['users:manage', 'anomalies:read'] },
          { token },
        )
      ).body.data as { key: string };
      expect((await server.get('/api/auth/users', { token: key })).status).toBe(200);
      await server.put(`/api/auth/users/${id}`, { role: 'viewer' });
      expect((await server.get('/api/auth/users', { token: key })).status).toBe(403);
      expect((await server.get('/api/auth/me', { token: key })).body.data.user.permissions).toEqual([
        'anomalies:read',
      ]);
    });

    it('of a key made by a key stay within the first one’s', async () => {
      const { key } = (await server.post('/api/auth/keys', { name: 'k', scopes: ['keys:manage'] })).body
        .data as { key: string };
      const refused = await server.post(
        '/api/auth/keys',
        { name: 'k2', scopes: ['users:manage'] },
        { token: key },
      );
      expect([refused.status, refused.body.code]).toEqual([403, 'auth/scope-not-held']);
    });

    it('cannot be lost by the last two admins at once', async () => {
      const { id } = await makeUser('second-admin', 'admin');
      const { token } = await signIn('second-admin');
      await server.database.query(
        `UPDATE users SET role = 'user' WHERE role = 'admin' AND username NOT IN ('admin', 'second-admin')`,
      );
      const me = (await server.get('/api/auth/me')).body.data.user.id as number;
      const answers = await Promise.all([
        server.put(`/api/auth/users/${id}`, { role: 'user' }),
        server.put(`/api/auth/users/${me}`, { role: 'user' }, { token }),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const [{ count }] = await server.database.query<{ count: string }>(
        `SELECT count(*) FROM users WHERE role = 'admin' AND is_active`,
      );
      expect(Number(count)).toBe(1);
      await server.database.query(`UPDATE users SET role = 'admin' WHERE username = 'admin'`);
    });
  });

  it('two who register one name at once get one account', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        server.post(
          '/api/auth/register',
          { username: 'twin', email: `twin-${index}@example.org`, password: PASSWORD },
          stranger,
        ),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });
});

describe('a first start', () => {
  it('makes one admin, however many processes start at once', async () => {
    const database = await createTestDatabase();
    const servers = await Promise.all([TestApp.start({}, database), TestApp.start({}, database)]);
    try {
      const again = await Promise.all(servers.map(({ app }) => app.get(FirstAdmin).ensure()));
      expect(again).toEqual([null, null]);
      expect(await database.query('SELECT username, role FROM users')).toEqual([
        { username: 'admin', role: 'admin' },
      ]);
    } finally {
      for (const server of servers) await server.stop();
      await database.drop();
    }
  });

  it('keeps strangers from registering where that is closed, and admits nobody for any other setting', async () => {
    const server = await TestApp.start({ REGISTRATION: 'closed', TESTING: 'true', NODE_ENV: 'test' });
    try {
      const { status, body } = await server.post(
        '/api/auth/register',
        { username: 'anna', email: 'anna@example.org', password: PASSWORD },
        stranger,
      );
      expect([status, body.code]).toEqual([403, 'auth/registration-closed']);
      expect((await server.get('/api/auth/me', stranger)).status).toBe(401);
    } finally {
      await server.stop();
    }
  });
});
