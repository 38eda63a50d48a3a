import { eventually, TestApp } from '../support/test-app';

const ANOMALY = { title: 'a', description: 'd', severity: 'low', anomaly_score: 0.1, confidence: 0.1 };

interface Entry {
  id: number;
  at: string;
  actor: string;
  actor_kind: string;
  action: string;
  subject_type: string;
  subject_id: string | null;
  after: Record<string, unknown> | null;
  request_id: string | null;
  sealed: boolean;
  seq: number | null;
}

describe('the audit log', () => {
  let server: TestApp;
  let anomalyId: number;
  let madeBy: string;
  let since: string;

  beforeAll(async () => {
    server = await TestApp.start();
    await server.tokenOf('operator');
    await server.tokenOf('viewer');
    await server.tokenOf('user');
    since = (await server.database.query<{ now: Date }>('SELECT now()'))[0].now.toISOString();
    const made = await server.post('/api/anomalies', ANOMALY);
    anomalyId = (made.body as { data: { anomaly: { id: number } } }).data.anomaly.id;
    madeBy = String(made.headers['x-request-id']);
    await server.post(`/api/anomalies/${anomalyId}/acknowledge`, undefined, {
      token: await server.tokenOf('operator'),
    });
    await server.post(`/api/anomalies/${anomalyId}/resolve`, { resolution: 'done' });
  });
  afterAll(() => server.stop());

  async function list(query = ''): Promise<{ entries: Entry[]; pagination: Record<string, unknown> }> {
    const { status, body } = await server.get(`/api/audit${query}`);
    expect(status).toBe(200);
    return (body as { data: { entries: Entry[]; pagination: Record<string, unknown> } }).data;
  }
  const actions = async (query: string) => (await list(query)).entries.map(({ action }) => action);

  it('says who did what when, newest first', async () => {
    const { entries } = await list(`?subject_type=anomaly&subject_id=${anomalyId}`);
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
      ['anomaly.resolved', 'admin'],
      ['anomaly.acknowledged', 'the-operator'],
      ['anomaly.created', 'admin'],
    ]);
    expect(Object.keys(entries[0])).toEqual([
      'id',
      'at',
      'actor_kind',
      'actor_id',
      'actor',
      'action',
      'subject_type',
      'subject_id',
      'before',
      'after',
      'request_id',
      'address',
      'sealed',
      'seq',
    ]);
    expect(entries[0]).toMatchObject({
      actor_kind: 'user',
      subject_id: String(anomalyId),
      at: expect.stringMatching(/Z$/),
    });
  });

  it('shows each row’s place in the chain within a second', async () => {
    const { entries } = await eventually(
      () => list(),
      (found) => found.entries.every(({ sealed }) => sealed),
      1_500,
    );
    expect(entries.every(({ seq }) => Number.isInteger(seq))).toBe(true);
    const metrics = (await server.get('/metrics', { token: null })).text;
    expect(metrics).toMatch(/^audit_unsealed_rows 0$/m);
    expect(metrics).toMatch(/^audit_chain_intact 1$/m);
    expect(metrics).toContain(`\naudit_rows_sealed_total ${entries.length}\n`);
  });

  it.each([
    ['who did it', '?actor=the-operator&subject_type=anomaly', ['anomaly.acknowledged']],
    ['what was done', '?action=anomaly.resolved', ['anomaly.resolved']],
    [
      'what it begins with',
      '?action=anomaly.*',
      ['anomaly.resolved', 'anomaly.acknowledged', 'anomaly.created'],
    ],
    ['a beginning that is meant as it stands', '?action=anomaly_*', []],
    ['what it was done to', '?subject_type=anomaly&subject_id=999', []],
    ['a value that nothing has', '?actor=nobody', []],
    ['several at once', '?actor=admin&action=anomaly.*', ['anomaly.resolved', 'anomaly.created']],
  ])('is filtered by %s', async (_, query, expected) => {
    expect(await actions(query)).toEqual(expected);
  });

  it('is filtered by the request that an answer names', async () => {
    expect(await actions(`?request_id=${madeBy}`)).toEqual(['anomaly.created']);
  });

  it('is filtered by time: from an instant on, and before one', async () => {
    expect(await actions(`?from=${since}&subject_type=anomaly`)).toHaveLength(3);
    expect(await actions(`?to=${since}&subject_type=anomaly`)).toEqual([]);
    expect((await list(`?to=${since}`)).entries.length).toBeGreaterThan(0);
    const [{ at }] = (await list('?action=anomaly.acknowledged')).entries;
    const ms = Date.parse(at);
    const around = `?subject_type=anomaly&from=${new Date(ms).toISOString()}&to=${new Date(ms + 1).toISOString()}`;
    expect(await actions(around)).toContain('anomaly.acknowledged');
  });

  it('is walked by pages and by cursors, neither repeating nor skipping a row', async () => {
    const all = (await list('?per_page=100')).entries.map(({ id }) => id);
    const { pagination } = await list('?per_page=2');
    expect(pagination).toMatchObject({
      page: 1,
      per_page: 2,
      total: all.length,
      pages: Math.ceil(all.length / 2),
    });

    const byPage: number[] = [];
    for (let page = 1; byPage.length < all.length; page += 1)
      byPage.push(...(await list(`?per_page=2&page=${page}`)).entries.map(({ id }) => id));
    expect(byPage).toEqual(all);

    const byCursor: number[] = [];
    let cursor: string | null = null;
    do {
      const found: Awaited<ReturnType<typeof list>> = await list(
        `?per_page=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      byCursor.push(...found.entries.map(({ id }) => id));
      cursor = found.pagination.next_cursor as string | null;
    } while (cursor !== null);
    expect(byCursor).toEqual(all);
    expect((await list('?page=1000')).entries).toEqual([]);
  });

  it.each([
    ['?cursor=x', 'Invalid cursor'],
    ['?cursor=WzAuNV0', 'Invalid cursor'],
    ['?page=0', 'Invalid page number'],
    ['?from=yesterday', 'from must be an ISO 8601 time such as 2026-01-31T10:00:00Z'],
    ['?from=2026-02-01&to=2026-01-01', 'from must be before to'],
    [`?actor=${'x'.repeat(201)}`, 'actor must be a string of at most 200 characters'],
    ['/verify?last=0', 'last must be an integer between 1 and 100000'],
    ['/verify?last=5&from_seq=1', 'Give last, or from_seq and to_seq'],
    ['/verify?from_seq=5&to_seq=4', 'from_seq must not be after to_seq'],
    [
      '/verify?from_seq=1&to_seq=100001',
      'At most 100000 rows at a time; npm run audit:verify looks at all of them',
    ],
  ])('refuses %s', async (query, message) => {
    const { status, body } = await server.get(`/api/audit${query}`);
    expect([status, (body as { message: string }).message]).toEqual([400, message]);
  });

  it.each(['operator', 'analyst', 'viewer', 'user'] as const)('is kept from the %s', async (role) => {
    const token = await server.tokenOf(role);
    expect((await server.get('/api/audit', { token })).status).toBe(403);
    expect((await server.get('/api/audit/verify', { token })).status).toBe(403);
  });

  it('is verified by whoever reads it', async () => {
    const verification = async (query = '') =>
      (
        (await server.get(`/api/audit/verify${query}`)).body as {
          data: { verification: Record<string, unknown> };
        }
      ).data.verification;
    const whole = await eventually(
      () => verification(),
      ({ unsealed }) => unsealed === 0,
    );
    const { total } = (await list()).pagination as { total: number };
    expect(whole).toEqual({
      intact: true,
      from_seq: 1,
      to_seq: total,
      verified: total,
      first_bad: null,
      unsealed: 0,
      oldest_unsealed_at: null,
      removed: null,
      checkpoint: expect.objectContaining({ state: expect.stringMatching(/^(none|agrees)$/) }),
    });
    expect(await verification('?from_seq=2&to_seq=3')).toMatchObject({ from_seq: 2, to_seq: 3, verified: 2 });
    expect(await verification('?last=1')).toMatchObject({ from_seq: total, verified: 1 });

    await server.database.query(
      `ALTER TABLE audit_log DISABLE TRIGGER USER; UPDATE audit_log SET actor_name = 'eve' WHERE id = 3; ALTER TABLE audit_log ENABLE TRIGGER USER`,
    );
    const [{ seq }] = await server.database.query<{ seq: number }>(
      'SELECT seq::int AS seq FROM audit_seals WHERE audit_id = 3',
    );
    expect(await verification()).toMatchObject({
      intact: false,
      verified: seq - 1,
      first_bad: { kind: 'edited', seq, id: 3, detail: 'audit row 3 is not as it was sealed' },
    });
    expect(await verification('?last=1')).toMatchObject({ intact: true, verified: 1 });
  });
});

describe('a denied attempt', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const denied = async (): Promise<Entry[]> =>
    ((await server.get('/api/audit?action=access.denied')).body as { data: { entries: Entry[] } }).data
      .entries;

  it('to change something leaves one row a caller, route and minute', async () => {
    const viewer = await server.tokenOf('viewer');
    const user = await server.tokenOf('user');
    const refused = await Promise.all(
      [1, 2, 3].map((id) => server.delete(`/api/anomalies/${id}`, { token: viewer })),
    );
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect((await server.delete('/api/anomalies/1', { token: user })).status).toBe(403);
    expect((await server.post('/api/anomalies', ANOMALY, { token: viewer })).status).toBe(403);

    const rows = await denied();
    expect(
      rows
        .map(({ actor, subject_type, subject_id, after }) => [actor, subject_type, subject_id, after])
        .sort(),
    ).toEqual([
      ['the-user', 'route', 'DELETE /api/anomalies/:id', { need: 'anomalies:delete' }],
      ['the-viewer', 'route', 'DELETE /api/anomalies/:id', { need: 'anomalies:delete' }],
      ['the-viewer', 'route', 'POST /api/anomalies', { need: 'anomalies:create' }],
    ]);
    expect(refused.map(({ headers }) => headers['x-request-id'])).toContain(
      rows.find(({ actor, subject_id }) => actor === 'the-viewer' && subject_id?.startsWith('DELETE'))
        ?.request_id,
    );
  });

  it('of a key names the key', async () => {
    const made = await server.post('/api/auth/keys', { name: 'reader', scopes: ['anomalies:read'] });
    const { key } = (made.body as { data: { key: string } }).data;
    const refused = await server.call('POST', '/api/anomalies', {
      body: ANOMALY,
      token: null,
      headers: { 'x-api-key': key },
    });
    expect(refused.status).toBe(403);
    expect((await denied())[0]).toMatchObject({ actor: 'reader', actor_kind: 'api_key' });
  });

  it('to read leaves none, nor does a stranger', async () => {
    const before = await denied();
    expect((await server.get('/api/audit', { token: await server.tokenOf('viewer') })).status).toBe(403);
    expect((await server.post('/api/anomalies', ANOMALY, { token: null })).status).toBe(401);
    expect(await denied()).toEqual(before);
  });

  it('is still refused where it cannot be recorded', async () => {
    await server.database.query('ALTER TABLE audit_log RENAME TO elsewhere');
    try {
      expect(
        (await server.put('/api/anomalies/1', { title: 'x' }, { token: await server.tokenOf('user') }))
          .status,
      ).toBe(403);
    } finally {
      await server.database.query('ALTER TABLE elsewhere RENAME TO audit_log');
    }
    expect(
      (await server.put('/api/anomalies/1', { title: 'x' }, { token: await server.tokenOf('user') })).status,
    ).toBe(403);
    expect((await denied())[0]).toMatchObject({ actor: 'the-user', subject_id: 'PUT /api/anomalies/:id' });
  });
});
