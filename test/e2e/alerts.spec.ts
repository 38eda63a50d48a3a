import fc from 'fast-check';

import { DatabaseLine } from '../support/database-line';
import { Answer, eventually, TestApp } from '../support/test-app';

const MINUTE = 60_000;
const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * MINUTE).toISOString();

describe('alerts', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const post = (alerts: unknown): Promise<Answer> => server.post('/api/v2/alerts', alerts);
  const list = async (query = ''): Promise<any[]> =>
    (await server.get(`/api/v2/alerts${query}`)).body as any[];
  const silence = (over: object = {}): object => ({
    matchers: [{ name: 'alertname', value: 'Silenced', isRegex: false }],
    startsAt: inMinutes(0),
    endsAt: inMinutes(60),
    createdBy: 'jane',
    comment: 'planned work',
    ...over,
  });

  describe('in Alertmanager’s API', () => {
    it('are stored with an empty answer, and listed as Alertmanager does', async () => {
      const startsAt = inMinutes(-10);
      const endsAt = inMinutes(4);
      const answer = await post([
        {
          labels: { alertname: 'HighCPU', instance: 'h1' },
          annotations: { summary: 'CPU above 90 %' },
          startsAt,
          endsAt,
          generatorURL: 'http://prometheus.example.org/graph?g0.expr=x',
        },
      ]);
      expect([answer.status, answer.text]).toEqual([200, '']);
      const [alert, ...others] = await list('?filter=alertname%3D%22HighCPU%22');
      expect(others).toEqual([]);
      expect(alert).toEqual({
        labels: { alertname: 'HighCPU', instance: 'h1' },
        annotations: { summary: 'CPU above 90 %' },
        receivers: [{ name: 'smartcloudops' }],
        fingerprint: '7909818cb2b8c9d0',
        startsAt,
        endsAt,
        updatedAt: expect.any(String) as string,
        generatorURL: 'http://prometheus.example.org/graph?g0.expr=x',
        status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] },
      });
    });

    it('that are valid are stored where others of their request are refused, by name', async () => {
      const { status, body } = await post([
        { labels: { alertname: 'Valid' } },
        { labels: { alertname: '' } },
        { labels: { alertname: 'With NUL' }, annotations: { summary: 'a\0' } },
        'no alert',
      ]);
      expect(status).toBe(400);
      expect(body).toBe(
        'alert 1: at least one label pair required: an alert is told from others by its labels; alert 2: annotation "summary" must be well-formed Unicode without NUL characters; alert 3: an alert must be an object',
      );
      expect(await list('?filter=alertname%3DValid')).toHaveLength(1);
      expect(await list('?filter=alertname%3D%22With%20NUL%22')).toEqual([]);
    });

    it('are grouped by their name', async () => {
      await post([
        { labels: { alertname: 'Grouped', i: '1' } },
        { labels: { alertname: 'Grouped', i: '2' } },
      ]);
      const groups = (await server.get('/api/v2/alerts/groups?filter=alertname%3DGrouped')).body as any[];
      expect(groups.map(({ labels, receiver, alerts }) => [labels, receiver, alerts.length])).toEqual([
        [{ alertname: 'Grouped' }, { name: 'smartcloudops' }, 2],
      ]);
    });

    it.each([
      ['POST', '/api/v2/alerts', '{', 400, 'the body is not valid JSON'],
      ['POST', '/api/v2/alerts', '{}', 400, 'the body must be a list of alerts'],
      ['GET', '/api/v2/alerts?filter=%7B', undefined, 400, 'expected a label name'],
      ['GET', '/api/v2/alerts?filter=a%3D~%22(%22', undefined, 400, 'cannot be read'],
      ['GET', '/api/v2/alerts?active=perhaps', undefined, 400, 'active must be true or false'],
      ['GET', `/api/v2/silence/${'a'.repeat(300)}`, undefined, 400, 'Malformed request'],
      ['GET', '/api/v2/nothing', undefined, 404, 'Not found'],
      ['PUT', '/api/v2/alerts', '[]', 405, 'Method PUT not allowed'],
      ['GET', '/api/v2/silence/7', undefined, 400, 'id must be a UUID'],
      ['GET', '/api/v2/silence/00000000-0000-4000-8000-000000000000', undefined, 404, 'not found'],
      ['DELETE', '/api/v2/silence/00000000-0000-4000-8000-000000000000', undefined, 404, 'not found'],
      ['POST', '/api/v2/silences', '{}', 400, 'No data provided'],
      ['POST', '/api/v2/silences', '{"matchers":[]}', 400, 'startsAt'],
    ])('%s %s %s errs in one JSON string: %d', async (method, path, body, status, message) => {
      const answer = await server.call(method, path, {
        body,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
      });
      expect([answer.status, typeof answer.body]).toEqual([status, 'string']);
      expect(answer.body).toContain(message);
    });

    it('refuses strangers and those who may not, in one JSON string as well', async () => {
      for (const [token, status] of [
        [null, 401],
        [await server.tokenOf('viewer'), 403],
      ] as const) {
        const answer = await server.post('/api/v2/alerts', [{ labels: { a: 'b' } }], { token });
        expect([answer.status, typeof answer.body]).toEqual([status, 'string']);
      }
      expect((await server.get('/api/v2/alerts', { token: await server.tokenOf('viewer') })).status).toBe(
        200,
      );
    });

    it('answers those who ask whether it lives, without a token', async () => {
      for (const path of ['/-/healthy', '/-/ready']) {
        expect((await server.get(path, { token: null })).text).toBe('OK');
        expect((await server.call('HEAD', path, { token: null })).status).toBe(200);
      }
    });
  });

  describe('under silences', () => {
    const save = async (body: object): Promise<string> => {
      const answer = await server.post('/api/v2/silences', body);
      expect([answer.status, answer.body]).toEqual([200, { silenceID: expect.any(String) as string }]);
      return (answer.body as { silenceID: string }).silenceID;
    };

    it('are shown as suppressed, and by what', async () => {
      await post([{ labels: { alertname: 'Silenced' } }]);
      const id = await save(silence());
      const [alert] = await list('?filter=alertname%3DSilenced');
      expect(alert.status).toMatchObject({ state: 'suppressed', silencedBy: [id] });
      expect(await list('?filter=alertname%3DSilenced&silenced=false')).toEqual([]);
      expect(await list('?filter=alertname%3DSilenced&active=false')).toHaveLength(1);
      const deleted = await server.delete(`/api/v2/silence/${id}`);
      expect([deleted.status, deleted.text]).toEqual([200, '']);
      expect((await list('?filter=alertname%3DSilenced'))[0].status.state).toBe('active');
      expect((await server.get(`/api/v2/silence/${id}`)).body).toMatchObject({
        status: { state: 'expired' },
      });
    });

    it('that are to come, in force and over are told apart, and only those asked for are listed', async () => {
      const matchers = [{ name: 'states', value: 'x', isRegex: false, isEqual: true }];
      const pending = await save(silence({ matchers, startsAt: inMinutes(5) }));
      const active = await save(silence({ matchers, startsAt: inMinutes(-5) }));
      const ended = await save(silence({ matchers }));
      await server.delete(`/api/v2/silence/${ended}`);
      const states = async (query: string): Promise<Record<string, string>> =>
        Object.fromEntries(
          ((await server.get(`/api/v2/silences?filter=states%3Dx${query}`)).body as any[]).map(
            ({ id, status }) => [id, status.state],
          ),
        ) as Record<string, string>;
      expect(await states('')).toEqual({ [pending]: 'pending', [active]: 'active', [ended]: 'expired' });
      expect(await states('&expired=false&pending=false')).toEqual({ [active]: 'active' });
      const { body } = await server.get(`/api/v2/silence/${active}`);
      // What was is as it was: nothing is silenced before now.
      expect(Date.parse((body as { startsAt: string }).startsAt)).toBeGreaterThan(Date.now() - MINUTE);
    });

    it('that change keep their id, or make way for another where they would falsify what was', async () => {
      const first = await save(silence());
      const body = (await server.get(`/api/v2/silence/${first}`)).body as object;
      expect(await save({ ...body, endsAt: inMinutes(90), comment: 'longer' })).toBe(first);
      const second = await save({ ...body, matchers: [{ name: 'other', value: 'x', isRegex: false }] });
      expect(second).not.toBe(first);
      expect((await server.get(`/api/v2/silence/${first}`)).body).toMatchObject({
        status: { state: 'expired' },
        comment: 'longer',
      });
    });

    it('leave audit rows of who did what, whatever name they give', async () => {
      const id = await save(silence({ createdBy: 'somebody else' }));
      await server.delete(`/api/v2/silence/${id}`);
      await server.delete(`/api/v2/silence/${id}`);
      const rows = await server.database.query(
        'SELECT action, actor_name FROM audit_log WHERE subject_id = $1 ORDER BY id',
        [id],
      );
      expect(rows).toEqual([
        { action: 'silence.created', actor_name: 'admin' },
        { action: 'silence.expired', actor_name: 'admin' },
      ]);
    });
  });

  describe('in the native API', () => {
    beforeAll(async () => {
      await post(
        Array.from({ length: 5 }, (_, index) => ({
          labels: { alertname: `Native ${index}`, team: 'native', severity: index < 2 ? 'critical' : 'low' },
          annotations: { summary: `number ${index}` },
        })),
      );
      await post([
        { labels: { alertname: 'Native 0', team: 'native', severity: 'critical' }, endsAt: inMinutes(-1) },
      ]);
    });

    const names = async (query: string): Promise<string[]> => {
      const { status, body } = await server.get(`/api/alerts?labels=team:native&${query}`);
      expect(status).toBe(200);
      return body.data.alerts.map(({ name }: { name: string }) => name) as string[];
    };

    it('are listed newest first, by status, labels and part of their name', async () => {
      const all = [4, 3, 2, 1, 0].map((index) => `Native ${index}`);
      expect((await names('')).sort().reverse()).toEqual(all);
      expect((await names('status=firing')).sort()).toEqual(all.slice(0, 4).sort());
      expect(await names('status=resolved')).toEqual(['Native 0']);
      expect(await names('search=NATIVE%203')).toEqual(['Native 3']);
      expect(await names('search=%25')).toEqual([]);
      const { body } = await server.get('/api/alerts?labels=team:native,severity:critical');
      expect(body.data.pagination).toEqual({
        page: 1,
        per_page: 20,
        total: 2,
        pages: 1,
        next_cursor: null,
      });
    });

    it('are walked by page and by cursor', async () => {
      const read = async (query: string): Promise<any> =>
        ((await server.get(`/api/alerts?labels=team:native&per_page=2&${query}`)).body as { data: unknown })
          .data;
      const ids: number[] = [];
      let page = await read('');
      for (;;) {
        ids.push(...page.alerts.map(({ id }: { id: number }) => id));
        if (page.pagination.next_cursor === null) break;
        page = await read(`cursor=${page.pagination.next_cursor as string}`);
      }
      expect(ids).toHaveLength(5);
      expect(ids).toEqual(ids.toSorted((a, b) => b - a));
      expect((await read('page=2')).alerts.map(({ id }: { id: number }) => id)).toEqual(ids.slice(2, 4));
      expect((await server.get('/api/alerts?cursor=nonsense')).status).toBe(400);
    });

    it('are shown one by one', async () => {
      const { body } = await server.get('/api/alerts?labels=team:native&status=resolved');
      const [listed] = body.data.alerts;
      const one = await server.get(`/api/alerts/${listed.id as number}`);
      expect(one.body.data.alert).toEqual(listed);
      expect(listed).toMatchObject({
        status: 'resolved',
        is_timed_out: false,
        source: 'alertmanager',
        integration_id: null,
        told_count: 2,
        annotations: { summary: 'number 0' },
      });
      expect((await server.get('/api/alerts/999999')).status).toBe(404);
      expect((await server.get('/api/alerts/x')).status).toBe(400);
      expect((await server.get('/api/alerts?status=unknown')).status).toBe(400);
    });
  });

  it('with hostile texts are refused, or come back as they were sent', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '__proto__',
        'constructor',
        '\0',
        '\ud800',
        '"',
        '\u202e',
        "'; DROP TABLE alerts; --",
        '<script>',
      ),
    );
    const labelSets = fc
      .sample(fc.dictionary(text, text, { maxKeys: 5 }), { numRuns: 500, seed: 20_261_125 })
      .map((labels, index) => ({ ...labels, hostile: String(index) }));
    const { body } = await post(labelSets.map((labels) => ({ labels })));
    expect(typeof body).toBe('string');
    const stored = new Map(
      (await list('?filter=hostile%3D~%22.%2B%22')).map(({ labels }) => [
        labels.hostile as string,
        labels as object,
      ]),
    );
    const isAcceptable = (labels: Record<string, string>): boolean =>
      Object.entries(labels).every(
        ([name, value]) =>
          name !== '' &&
          name !== '__proto__' &&
          `${name}${value}`.isWellFormed() &&
          !`${name}${value}`.includes('\0'),
      );
    for (const labels of labelSets) {
      const expected = isAcceptable(labels)
        ? Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''))
        : undefined;
      expect([labels, stored.get(labels.hostile)]).toEqual([labels, expected]);
    }
    expect(stored.size).toBeGreaterThan(100);
  });

  it('are refused with a time to come again while the database is away, and stored when it is back', async () => {
    const line = new DatabaseLine(new URL(server.database.url));
    await line.open();
    const app = await TestApp.start({}, { ...server.database, url: line.url });
    try {
      const token = await app.tokenOf('admin');
      const send = () => app.post('/api/v2/alerts', [{ labels: { alertname: 'Outage' } }], { token });
      expect((await send()).status).toBe(200);
      await line.cut();
      const refused = await send();
      expect([refused.status, refused.body, Number(refused.headers['retry-after']) > 0]).toEqual([
        503,
        'Service temporarily unavailable',
        true,
      ]);
      await line.open();
      await eventually(send, ({ status }) => status === 200);
    } finally {
      await line.open();
      await app.stop();
      await line.cut();
    }
  });

  it('are there at once for other processes, and after a restart', async () => {
    await post([{ labels: { alertname: 'Durable' } }]);
    const other = await TestApp.start({}, server.database);
    try {
      await eventually(
        async () => (await other.get('/api/v2/alerts?filter=alertname%3DDurable')).body as unknown[],
        (alerts) => alerts.length === 1,
      );
    } finally {
      await other.stop();
    }
  });
});
