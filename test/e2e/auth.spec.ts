import { Database } from '../../src/database/database';
import { RetentionService } from '../../src/retention/retention.service';
import { ADMIN_PASSWORD, TestApp } from '../support/test-app';

const PASSWORD = 'Analytical-engine-1';
const stranger = { token: null };

describe('authentication', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const login = (body: unknown) => server.post('/api/auth/login', body, stranger);
  const makeUser = async (username: string, role = 'user') => {
    const { body } = await server.post('/api/auth/users', {
      username,
      email: `${username}@example.org`,
      password: PASSWORD,
      role,
    });
    return body.data.user as { id: number };
  };
  const signIn = async (username: string) =>
    (await login({ username, password: PASSWORD })).body.data as Record<string, string>;

  describe('login', () => {
    it('answers with a pair of tokens and the user', async () => {
      const { status, headers, body } = await login({ username: 'admin', password: ADMIN_PASSWORD });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        status: 'success',
        message: 'Login successful',
        data: {
          token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
          refresh_token: expect.stringMatching(/^[\w-]{43}$/),
          expires_in: 900,
          token_type: 'Bearer',
          user: { id: expect.any(Number), username: 'admin', email: 'admin@localhost', role: 'admin' },
        },
      });
      expect(headers['cache-control']).toBe('no-store');
      expect(JSON.stringify(body)).not.toContain('argon2');
    });

    it.each([
      ['email', { email: 'admin@localhost', password: ADMIN_PASSWORD }],
      ['email in the username field', { username: 'admin@localhost', password: ADMIN_PASSWORD }],
      ['a name in capitals', { username: 'ADMIN', password: ADMIN_PASSWORD }],
    ])('works by %s', async (_, body) => {
      expect((await login(body)).status).toBe(200);
    });

    it.each([
      ['no body', undefined],
      ['an empty object', {}],
      ['no password', { username: 'admin' }],
      ['no name', { password: ADMIN_PASSWORD }],
      ['an empty name', { username: '', password: ADMIN_PASSWORD }],
      ['null', { username: null, password: null }],
    ])('asks for both with %s', async (_, body) => {
      const answer = await login(body);
      expect([answer.status, answer.body.message]).toEqual([400, 'Username and password required']);
    });

    it('says the same of an unknown user, a wrong password and a disabled account', async () => {
      const { id } = await makeUser('turned-off');
      await server.put(`/api/auth/users/${id}`, { is_active: false });
      const answers = await Promise.all([
        login({ username: 'nobody', password: PASSWORD }),
        login({ username: 'admin', password: PASSWORD }),
        login({ username: 'turned-off', password: PASSWORD }),
      ]);
      for (const { status, body } of answers) {
        expect(status).toBe(401);
        expect({ ...body, request_id: '' }).toEqual({
          status: 'error',
          message: 'Invalid credentials',
          code: 'auth/invalid-credentials',
          request_id: '',
        });
      }
    });

    it('is also found at /auth', async () => {
      const { status } = await server.post(
        '/auth/login',
        { username: 'admin', password: ADMIN_PASSWORD },
        stranger,
      );
      expect(status).toBe(200);
    });
  });

  describe('registration', () => {
    const register = (body: unknown) => server.post('/api/auth/register', body, stranger);

    it('makes an account with the role user', async () => {
      const { status, body } = await register({
        username: 'grace',
        email: 'grace@example.org',
        password: PASSWORD,
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        message: 'User registered successfully',
        data: { user: { username: 'grace', email: 'grace@example.org', role: 'user', is_active: true } },
      });
      expect(body.data.user.created_at).toMatch(/^\d{4}-.*Z$/);
      expect((await login({ username: 'grace', password: PASSWORD })).status).toBe(200);
    });

    it.each([
      ['the username', { username: 'Grace', email: 'other@example.org' }],
      ['the email', { username: 'other', email: 'GRACE@example.org' }],
    ])('refuses %s of somebody else, whatever its case', async (_, names) => {
      const { status, body } = await register({ ...names, password: PASSWORD });
      expect([status, body.message]).toEqual([409, 'Username or email already registered']);
    });

    it.each([
      [{}, 'Username, email, and password required'],
      [{ username: 'x1y', email: 'x@example.org' }, 'Username, email, and password required'],
      [{ username: 'x y', email: 'x@example.org', password: PASSWORD }, 'Username must be'],
      [{ username: 'xyz', email: 'x.example.org', password: PASSWORD }, 'Invalid email format'],
      [
        { username: 'xyz', email: 'x@example.org', password: 'short1A' },
        'Password must be at least 8 characters long',
      ],
      [{ username: 'xyz', email: 'x@example.org', password: 'alllowercase' }, 'Password is too weak'],
    ])('refuses %j', async (body, message) => {
      const answer = await register(body);
      expect(answer.status).toBe(400);
      expect(answer.body.message).toContain(message);
    });
  });

  describe('a session', () => {
    beforeAll(() => makeUser('ada', 'analyst'));

    it('shows who one is, at /me and /profile', async () => {
      const { token } = await signIn('ada');
      for (const path of ['/api/auth/me', '/api/auth/profile', '/auth/me', '/auth/profile']) {
        const { status, body } = await server.get(path, { token });
        expect(status).toBe(200);
        expect(body.data.user).toMatchObject({ username: 'ada', role: 'analyst', is_active: true });
        expect(body.data.user.permissions).toContain('anomalies:update');
      }
    });

    it('is verified by GET and POST', async () => {
      const { token } = await signIn('ada');
      for (const method of ['GET', 'POST']) {
        const { status, body } = await server.call(method, '/api/auth/verify', { token });
        expect(status).toBe(200);
        expect(body.data).toMatchObject({ valid: true, token_type: 'Bearer', user: { username: 'ada' } });
      }
      expect((await server.get('/api/auth/verify', stranger)).status).toBe(401);
    });

    it('goes on by its refresh token, which is then another', async () => {
      const first = await signIn('ada');
      const { status, body } = await server.post(
        '/api/auth/refresh',
        { refresh_token: first.refresh_token },
        stranger,
      );
      expect(status).toBe(200);
      expect(body.data.refresh_token).not.toBe(first.refresh_token);
      expect((await server.get('/api/auth/me', { token: body.data.token })).status).toBe(200);
    });

    it.each([
      [{}, 400, 'Refresh token required'],
      [{ refresh_token: '' }, 400, 'Refresh token required'],
      [{ refresh_token: 'made-up' }, 401, 'Invalid or expired token'],
    ])('does not go on by %j', async (body, status, message) => {
      const answer = await server.post('/api/auth/refresh', body, stranger);
      expect([answer.status, answer.body.message]).toEqual([status, message]);
    });

    it('ends with logout, and only that one', async () => {
      const [one, other] = [await signIn('ada'), await signIn('ada')];
      const { status, body } = await server.post('/api/auth/logout', undefined, { token: one.token });
      expect([status, body.message]).toEqual([200, 'Logout successful']);
      expect((await server.get('/api/auth/me', { token: one.token })).status).toBe(401);
      expect(
        (await server.post('/api/auth/refresh', { refresh_token: one.refresh_token }, stranger)).status,
      ).toBe(401);
      expect((await server.get('/api/auth/me', { token: other.token })).status).toBe(200);
    });
  });

  describe('a new password', () => {
    it('ends every other session and opens a new one', async () => {
      await makeUser('barbara');
      const [here, elsewhere] = [await signIn('barbara'), await signIn('barbara')];
      const changed = await server.post(
        '/api/auth/change-password',
        { current_password: PASSWORD, new_password: 'Data-abstraction-2' },
        { token: here.token },
      );
      expect([changed.status, changed.body.message]).toEqual([200, 'Password changed successfully']);
      expect((await server.get('/api/auth/me', { token: changed.body.data.token })).status).toBe(200);
      for (const { token, refresh_token } of [here, elsewhere]) {
        expect((await server.get('/api/auth/me', { token })).status).toBe(401);
        expect((await server.post('/api/auth/refresh', { refresh_token }, stranger)).status).toBe(401);
      }
      expect((await login({ username: 'barbara', password: PASSWORD })).status).toBe(401);
      expect((await login({ username: 'barbara', password: 'Data-abstraction-2' })).status).toBe(200);
    });

    it.each([
      [
        { current_password: 'Wrong-password-1', new_password: 'Another-one-33' },
        401,
        'Current password is incorrect',
      ],
      [
        { current_password: PASSWORD, new_password: 'weak' },
        400,
        'Password must be at least 8 characters long',
      ],
      [{ new_password: 'Another-one-33' }, 400, 'Missing required field: current_password'],
      [{}, 400, 'No data provided'],
    ])('is not given by %j', async (body, status, message) => {
      const username = `changer-${status}-${message.length}`;
      await makeUser(username);
      const { token } = await signIn(username);
      const answer = await server.post('/api/auth/change-password', body, { token });
      expect([answer.status, answer.body.message]).toEqual([status, message]);
      expect((await server.get('/api/auth/me', { token })).status).toBe(200);
    });
  });

  describe('users', () => {
    it('are listed newest first, in pages', async () => {
      const { id } = await makeUser('newest');
      const { status, body } = await server.get('/api/auth/users?per_page=2');
      expect(status).toBe(200);
      expect(body.data.users).toHaveLength(2);
      expect(body.data.users[0].id).toBe(id);
      expect(body.data.pagination).toMatchObject({
        page: 1,
        per_page: 2,
        total: expect.any(Number),
        pages: expect.any(Number),
      });
    });

    it('are walked by cursor to the last', async () => {
      const seen: number[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const { body } = await server.get(`/api/auth/users?per_page=5${cursor && `&cursor=${cursor}`}`);
        seen.push(...body.data.users.map(({ id }: { id: number }) => id));
        cursor = body.data.pagination.next_cursor as string | null;
      }
      const all = await server.database.query<{ id: number }>('SELECT id FROM users ORDER BY id DESC');
      expect(seen).toEqual(all.map(({ id }) => id));
      expect((await server.get('/api/auth/users?cursor=rubbish')).status).toBe(400);
      expect((await server.get('/api/auth/users?page=999999999')).body.data.users).toEqual([]);
    });

    it('are shown, changed and not found one by one', async () => {
      const { id } = await makeUser('hedy');
      expect((await server.get(`/api/auth/users/${id}`)).body.data.user.username).toBe('hedy');
      const changed = await server.put(`/api/auth/users/${id}`, {
        role: 'operator',
        email: 'hedy@example.com',
      });
      expect(changed.body).toMatchObject({
        message: 'User updated successfully',
        data: { user: { role: 'operator', email: 'hedy@example.com' } },
      });
      const missing = await server.get('/api/auth/users/999999');
      expect([missing.status, missing.body.message]).toEqual([404, 'User not found']);
      expect((await server.put('/api/auth/users/999999', { role: 'user' })).status).toBe(404);
      expect((await server.get('/api/auth/users/9007199254740991')).status).toBe(404);
      for (const id of ['first', '0', '-1', '9007199254740993'])
        expect((await server.get(`/api/auth/users/${id}`)).status).toBe(400);
    });

    it('take another role at once, with the token they have', async () => {
      const { id } = await makeUser('mary', 'viewer');
      const { token } = await signIn('mary');
      expect((await server.get('/api/auth/users', { token })).status).toBe(403);
      await server.put(`/api/auth/users/${id}`, { role: 'admin' });
      expect((await server.get('/api/auth/users', { token })).status).toBe(200);
      await server.put(`/api/auth/users/${id}`, { role: 'viewer' });
      expect((await server.get('/api/auth/users', { token })).status).toBe(403);
    });

    it.each([
      [{ role: 'root' }, 400, 'Invalid role. Must be one of: admin, operator, analyst, viewer, user'],
      [{ is_active: 'no' }, 400, 'is_active must be true or false'],
      [{ email: 'admin@localhost' }, 400, 'Invalid email format'],
      [{ email: 'newest@example.org' }, 409, 'Username or email already registered'],
      [{}, 400, 'No data provided'],
    ])('are not changed by %j', async (body, status, message) => {
      const { id } = await makeUser(`unchanged-${message.length}`);
      const answer = await server.put(`/api/auth/users/${id}`, body);
      expect([answer.status, answer.body.message]).toEqual([status, message]);
    });

    it('get a new password from an admin, which ends their sessions', async () => {
      const { id } = await makeUser('forgetful');
      const { token } = await signIn('forgetful');
      await server.put(`/api/auth/users/${id}`, { password: 'Remember-this-1' });
      expect((await server.get('/api/auth/me', { token })).status).toBe(401);
      expect((await login({ username: 'forgetful', password: 'Remember-this-1' })).status).toBe(200);
    });

    it('always keep one who can administer', async () => {
      const me = (await server.get('/api/auth/me')).body.data.user.id as number;
      for (const change of [{ is_active: false }, { role: 'user' }]) {
        const { status, body } = await server.put(`/api/auth/users/${me}`, change);
        expect([status, body.code]).toEqual([409, 'auth/last-admin']);
      }
    });

    it('are nobody else’s business', async () => {
      for (const role of ['operator', 'analyst', 'viewer', 'user'] as const) {
        const token = await server.tokenOf(role);
        for (const [method, path] of [
          ['GET', 'users'],
          ['GET', 'users/1'],
          ['PUT', 'users/1'],
          ['POST', 'users'],
          ['GET', 'keys'],
          ['POST', 'keys'],
          ['DELETE', 'keys/1'],
        ]) {
          expect(
            (
              await server.call(method, `/api/auth/${path}`, {
                token,
                body: method === 'GET' ? undefined : {},
              })
            ).status,
          ).toBe(403);
        }
      }
    });
  });

  describe('an API key', () => {
    const makeKey = async (scopes: string[], more: object = {}) =>
      (await server.post('/api/auth/keys', { name: 'ci', scopes, ...more })).body.data as {
        key: string;
        api_key: { id: number; prefix: string };
      };

    it('is shown once, and opens what its scopes say', async () => {
      const made = await server.post('/api/auth/keys', { name: 'ci', scopes: ['users:manage'] });
      expect(made.status).toBe(201);
      const { key, api_key: shown } = made.body.data;
      expect(key).toMatch(/^sco_[a-z0-9]{8}_[\w-]{43}$/);
      expect(key).toContain(`_${shown.prefix}_`);
      const listed = await server.get('/api/auth/keys');
      expect(listed.body.data.api_keys[0]).toMatchObject({
        id: shown.id,
        name: 'ci',
        scopes: ['users:manage'],
        revoked_at: null,
      });
      expect(listed.text).not.toContain(key);
      expect((await server.get('/api/auth/users', { token: key })).status).toBe(200);
      expect((await server.get('/api/auth/keys', { token: key })).status).toBe(403);
    });

    it('is taken as a bearer token, in X-API-Key, and as the password of Basic', async () => {
      const { key } = await makeKey(['anomalies:read']);
      const basic = Buffer.from(`anyone:${key}`).toString('base64');
      const ways: Record<string, string>[] = [
        { authorization: `Bearer ${key}` },
        { 'x-api-key': key },
        { authorization: `Basic ${basic}` },
      ];
      for (const headers of ways) {
        const { status, body } = await server.get('/api/auth/verify', { token: null, headers });
        expect(status).toBe(200);
        expect(body.data).toMatchObject({
          token_type: 'ApiKey',
          user: { username: 'admin', permissions: ['anomalies:read'] },
        });
      }
    });

    it('is over when it is revoked, which may be said twice', async () => {
      const { key, api_key: shown } = await makeKey(['anomalies:read']);
      expect((await server.get('/api/auth/me', { token: key })).status).toBe(200);
      const answers = [
        await server.delete(`/api/auth/keys/${shown.id}`),
        await server.delete(`/api/auth/keys/${shown.id}`),
      ];
      for (const { status, body } of answers) {
        expect(status).toBe(200);
        expect(body.data.api_key.revoked_at).toMatch(/Z$/);
      }
      expect((await server.get('/api/auth/me', { token: key })).status).toBe(401);
      for (const id of ['999999', '9007199254740991'])
        expect((await server.delete(`/api/auth/keys/${id}`)).status).toBe(404);
    });

    it('notes when it was used last', async () => {
      const { key, api_key: shown } = await makeKey(['anomalies:read']);
      await server.get('/api/auth/me', { token: key });
      const lastUse = async () =>
        (
          await server.database.query<{ last_used_at: Date | null }>(
            'SELECT last_used_at FROM api_keys WHERE id = $1',
            [shown.id],
          )
        )[0].last_used_at;
      for (let tries = 0; (await lastUse()) === null && tries < 100; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await lastUse()).toBeInstanceOf(Date);
    });

    it.each([
      [{ scopes: ['anomalies:read'] }, 400, 'Missing required field: name'],
      [{ name: 'x', scopes: [] }, 400, 'Invalid scopes'],
      [{ name: 'x', scopes: ['everything'] }, 400, 'Invalid scopes'],
      [{ name: 'x', scopes: ['anomalies:read'], expires_at: 'tomorrow' }, 400, 'expires_at must be'],
      [
        { name: 'x', scopes: ['anomalies:read'], expires_at: '2020-01-01' },
        400,
        'expires_at must be in the future',
      ],
    ])('is not made by %j', async (body, status, message) => {
      const answer = await server.post('/api/auth/keys', body);
      expect(answer.status).toBe(status);
      expect(answer.body.message).toContain(message);
    });

    it('is over when its time is', async () => {
      const { key, api_key: shown } = await makeKey(['anomalies:read'], {
        expires_at: '2999-01-01T00:00:00Z',
      });
      await server.database.query(
        `UPDATE api_keys SET created_at = now() - interval '1 day', expires_at = now() - interval '1 second' WHERE id = $1`,
        [shown.id],
      );
      expect((await server.get('/api/auth/me', { token: key })).status).toBe(401);
    });

    it('has neither a session to end nor a password to change', async () => {
      const { key } = await makeKey(['anomalies:read']);
      expect((await server.post('/api/auth/logout', undefined, { token: key })).status).toBe(403);
      const change = { current_password: ADMIN_PASSWORD, new_password: 'Another-one-33' };
      expect((await server.post('/api/auth/change-password', change, { token: key })).status).toBe(403);
    });
  });

  it('takes a name and password with each request as well', async () => {
    await makeUser('basic', 'viewer');
    const authorization = `Basic ${Buffer.from(`basic:${PASSWORD}`).toString('base64')}`;
    const { status, body } = await server.get('/api/auth/verify', {
      token: null,
      headers: { authorization },
    });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ token_type: 'Basic', user: { username: 'basic' } });
  });

  it('shows the access matrix', async () => {
    const { status, body } = await server.get('/api/auth/permissions');
    expect(status).toBe(200);
    expect(body.data.permissions).toContainEqual({ name: 'anomalies:read', description: expect.any(String) });
    expect(body.data.roles.map(({ name }: { name: string }) => name)).toEqual([
      'admin',
      'operator',
      'analyst',
      'viewer',
      'user',
    ]);
  });

  it('is healthy without a token', async () => {
    const { status, body } = await server.get('/api/auth/health', stranger);
    expect([status, body.data.status]).toEqual([200, 'healthy']);
  });

  it('asks the database nothing when the same caller comes again within seconds', async () => {
    await makeUser('regular');
    const { key } = (await server.post('/api/auth/keys', { name: 'k', scopes: ['anomalies:read'] })).body
      .data as { key: string };
    const authorizations = [
      `Bearer ${await server.tokenOf('viewer')}`,
      `Bearer ${key}`,
      `Basic ${Buffer.from(`regular:${PASSWORD}`).toString('base64')}`,
    ];
    const call = (authorization: string) =>
      server.get('/api/auth/permissions', { token: null, headers: { authorization } });
    for (const authorization of authorizations) await call(authorization);
    const query = jest.spyOn(server.app.get(Database), 'query');
    for (const authorization of authorizations)
      for (let times = 0; times < 20; times += 1) expect((await call(authorization)).status).toBe(200);
    expect(query).not.toHaveBeenCalled();
    query.mockRestore();
  });

  it('forgets what has expired, and only that', async () => {
    const { refresh_token } = await signIn('ada');
    await server.database
      .query(`INSERT INTO refresh_tokens (user_id, family, token_hash, created_at, expires_at)
      SELECT id, gen_random_uuid(), '\\x00', now() - interval '9 days', now() - interval '2 days' FROM users WHERE username = 'ada'`);
    await server.database.query(`INSERT INTO login_attempts (account_hash, address, failures, updated_at)
      VALUES ('\\x01', '192.0.2.1', 3, now() - interval '2 days'), ('\\x02', '192.0.2.1', 3, now())`);
    await server.app.get(RetentionService, { strict: false }).run();
    expect(await server.database.query(`SELECT FROM refresh_tokens WHERE token_hash = '\\x00'`)).toHaveLength(
      0,
    );
    expect(
      await server.database.query(`SELECT FROM login_attempts WHERE address = '192.0.2.1'`),
    ).toHaveLength(1);
    expect((await server.post('/api/auth/refresh', { refresh_token }, stranger)).status).toBe(200);
  });

  it('leaves an audit row of everything that it did, with no secret in it', async () => {
    const rows = await server.database.query<{ action: string; text: string }>(
      'SELECT action, audit_log::text AS text FROM audit_log',
    );
    expect(new Set(rows.map(({ action }) => action))).toEqual(
      new Set([
        'access.denied',
        'api_key.created',
        'api_key.revoked',
        'user.created',
        'user.logged_in',
        'user.logged_out',
        'user.login_failed',
        'user.password_changed',
        'user.registered',
        'user.updated',
      ]),
    );
    const trail = rows.map(({ text }) => text).join('\n');
    for (const secret of ['argon2', 'sco_', PASSWORD, ADMIN_PASSWORD, 'Remember-this'])
      expect(trail).not.toContain(secret);
  });
});
