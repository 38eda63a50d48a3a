import { TestApp } from '../support/test-app';

const cpu = {
  title: 'High CPU usage',
  description: 'CPU of web-1 above its band',
  severity: 'high',
  anomaly_score: 0.95,
  confidence: 0.87,
};

describe('anomalies', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const report = async (changes: object = {}) => {
    const { status, body } = await server.post('/api/anomalies', { ...cpu, ...changes });
    expect(status).toBe(201);
    return body.data.anomaly;
  };

  describe('reporting one', () => {
    it('answers with the whole record, the contract’s defaults filled in', async () => {
      const { status, body } = await server.post('/api/anomalies', cpu);
      expect(status).toBe(201);
      expect(body).toMatchObject({
        status: 'success',
        message: 'Anomaly created successfully',
        data: { anomaly: { ...cpu, status: 'open', source: 'manual' } },
      });
      expect(body.data.anomaly.id).toEqual(expect.any(Number));
      expect(body.data.anomaly.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    it('keeps a given status and any source, and gives ids of a sequence', async () => {
      const first = await report({ status: 'acknowledged', source: 'my own script' });
      const second = await report();
      expect(first).toMatchObject({
        status: 'acknowledged',
        source: 'my own script',
        acknowledged_by: 'admin',
      });
      expect(second.id).toBeGreaterThan(first.id);
    });

    it.each(['title', 'description', 'severity', 'anomaly_score', 'confidence'])(
      'names the missing field %s',
      async (field) => {
        for (const missing of [undefined, null, '']) {
          const { status, body } = await server.post('/api/anomalies', { ...cpu, [field]: missing });
          expect([status, body.message]).toEqual([400, `Missing required field: ${field}`]);
        }
      },
    );

    it('names the first missing field in the contract’s order, before any wrong one', async () => {
      const { body } = await server.post('/api/anomalies', {
        title: 'x',
        severity: 'wrong',
        anomaly_score: 7,
      });
      expect(body.message).toBe('Missing required field: description');
      expect(body.errors.map(({ field }: { field: string }) => field)).toEqual([
        'description',
        'confidence',
        'severity',
        'anomaly_score',
      ]);
    });

    it.each([
      [{ severity: 'major' }, 'Invalid severity. Must be one of: low, medium, high, critical'],
      [{ anomaly_score: 1.01 }, 'anomaly_score must be between 0 and 1'],
      [{ anomaly_score: -0.1 }, 'anomaly_score must be between 0 and 1'],
      [{ anomaly_score: '0.5' }, 'anomaly_score must be between 0 and 1'],
      [{ confidence: 2 }, 'confidence must be between 0 and 1'],
      [
        { severity: 'x', anomaly_score: 9, confidence: 9 },
        'Invalid severity. Must be one of: low, medium, high, critical',
      ],
      [{ anomaly_score: 9, confidence: 9 }, 'anomaly_score must be between 0 and 1'],
      [{ title: 'x'.repeat(201) }, 'title must be a string of at most 200 characters'],
      [{ title: 7 }, 'title must be a string of at most 200 characters'],
      [{ status: 'closed' }, 'Invalid status. Must be one of: open, acknowledged, resolved, dismissed'],
    ])('refuses %j', async (wrong, message) => {
      const { status, body } = await server.post('/api/anomalies', { ...cpu, ...wrong });
      expect([status, body.status, body.message]).toEqual([400, 'error', message]);
    });

    it.each([0, 1])('accepts the boundary %d for score and confidence', async (edge) => {
      expect(await report({ anomaly_score: edge, confidence: edge })).toMatchObject({
        anomaly_score: edge,
        confidence: edge,
      });
    });

    it.each(['low', 'medium', 'high', 'critical'])('accepts severity %s', async (severity) => {
      expect((await report({ severity })).severity).toBe(severity);
    });

    it('says "No data provided" to no body, an empty object and a list', async () => {
      for (const body of [undefined, {}, []]) {
        const answer = await server.post('/api/anomalies', body, {
          headers: { 'content-type': 'application/json' },
        });
        expect([answer.status, answer.body.message]).toEqual([400, 'No data provided']);
      }
    });

    it('drops keys that it does not know and never takes server-owned ones', async () => {
      const made = await report({
        id: 999_999,
        version: 7,
        created_at: '2001-01-01T00:00:00Z',
        acknowledged_by: 'mallory',
        extra: 1,
      });
      expect(made).toMatchObject({ version: 1, acknowledged_by: null });
      expect(made.id).not.toBe(999_999);
      expect(made).not.toHaveProperty('extra');
    });

    it('stores text exactly as sent', async () => {
      const title = `<script>alert("x")</script> '; DROP TABLE anomalies; -- \u202e ${'é'.repeat(3)} 🚀`;
      const { id } = await report({ title });
      expect((await server.get(`/api/anomalies/${id}`)).body.data.anomaly.title).toBe(title);
    });
  });

  describe('reading them', () => {
    it('answers one by its id, with its version as ETag', async () => {
      const { id } = await report();
      const { status, body, headers } = await server.get(`/api/anomalies/${id}`);
      expect([status, body.data.anomaly.id, headers.etag]).toEqual([200, id, '"1"']);
    });

    it.each(['999999999', '9007199254740991'])('says that %s does not exist', async (id) => {
      const { status, body } = await server.get(`/api/anomalies/${id}`);
      expect([status, body.message, body.code]).toEqual([
        404,
        `Anomaly with ID ${id} not found`,
        'anomaly/not-found',
      ]);
    });

    it.each(['0', '-1', 'abc', '1.5', '99999999999999999999'])('refuses the id %s', async (id) => {
      expect((await server.get(`/api/anomalies/${id}`)).status).toBe(400);
    });

    it('serves the trailing slash', async () => {
      expect((await server.get('/api/anomalies/')).status).toBe(200);
    });
  });

  describe('lists', () => {
    let lists: TestApp;
    beforeAll(async () => {
      lists = await TestApp.start();
      const severities = ['low', 'medium', 'high', 'critical'];
      const anomalies = Array.from({ length: 45 }, (_, i) => ({
        ...cpu,
        title: i % 9 === 0 ? `disk ${i} is 100%_full` : `anomaly ${i}`,
        severity: severities[i % 4],
        anomaly_score: (i % 10) / 10,
        status: i % 3 === 0 ? 'resolved' : 'open',
        source: i % 5 === 0 ? 'probe' : 'manual',
      }));
      expect((await lists.post('/api/anomalies/batch', { anomalies })).status).toBe(201);
    });
    afterAll(() => lists.stop());

    const list = async (query: string) => (await lists.get(`/api/anomalies?${query}`)).body.data;
    const ids = (anomalies: { id: number }[]) => anomalies.map(({ id }) => id);

    it('is newest first, twenty a page, with exact totals', async () => {
      const { anomalies, pagination } = await list('');
      expect(anomalies).toHaveLength(20);
      expect(ids(anomalies)).toEqual([...ids(anomalies)].sort((a, b) => b - a));
      expect(pagination).toMatchObject({ page: 1, per_page: 20, total: 45, pages: 3 });
    });

    it.each([
      ['per_page=1000', { per_page: 100, page: 1, pages: 1 }],
      ['limit=10', { per_page: 10, pages: 5 }],
      ['page=abc&per_page=xyz', { page: 1, per_page: 20 }],
      ['page=3', { page: 3, pages: 3, total: 45 }],
      ['page=1000000000', { page: 1_000_000_000, total: 45 }],
    ])('pages by %s', async (query, pagination) => {
      expect((await list(query)).pagination).toMatchObject(pagination);
    });

    it.each([
      ['page=0', 'Invalid page number'],
      ['page=-3', 'Invalid page number'],
      ['per_page=0', 'Invalid per_page'],
      ['sort=title', 'Invalid sort. Must be one of: created_at, updated_at, severity, anomaly_score'],
      ['order=down', 'Invalid order. Must be one of: asc, desc'],
      ['from=yesterday', 'from must be an ISO 8601 time such as 2026-01-31T10:00:00Z'],
      ['from=2026-02-01&to=2026-01-01', 'from must be before to'],
      ['cursor=nonsense', 'Invalid cursor'],
      [`cursor=${Buffer.from('["x",1]').toString('base64url')}`, 'Invalid cursor'],
    ])('refuses %s', async (query, message) => {
      const { status, body } = await lists.get(`/api/anomalies?${query}`);
      expect([status, body.message]).toEqual([400, message]);
    });

    it.each([
      ['status=open', 30],
      ['severity=low', 12],
      ['source=probe', 9],
      ['status=open&severity=low', 8],
      ['status=resolved&source=probe', 3],
      ['status=open&severity=critical&source=manual', 6],
      ['search=disk', 5],
      ['search=100%25_', 5],
      ['search=DISK&status=open', 0],
      ['from=2020-01-01', 45],
      ['from=2020-01-01&to=2020-01-02', 0],
      ['severity=unknown', 0],
    ])('finds by %s what is there: %d', async (query, total) => {
      const { anomalies, pagination } = await list(`${query}&per_page=100`);
      expect([anomalies.length, pagination.total]).toEqual([total, total]);
    });

    it.each(['created_at', 'updated_at', 'severity', 'anomaly_score'])(
      'walks by cursor through everything once, sorted by %s',
      async (sort) => {
        for (const order of ['asc', 'desc']) {
          const seen: number[] = [];
          let cursor: string | null = null;
          do {
            const page: { anomalies: { id: number }[]; pagination: { next_cursor: string | null } } =
              await list(
                `sort=${sort}&order=${order}&per_page=7${cursor === null ? '' : `&cursor=${cursor}`}`,
              );
            seen.push(...ids(page.anomalies));
            cursor = page.pagination.next_cursor;
          } while (cursor !== null);
          const whole = await list(`sort=${sort}&order=${order}&per_page=100`);
          expect(seen).toEqual(ids(whole.anomalies));
          expect(new Set(seen).size).toBe(45);
        }
      },
    );

    it('counts in the statistics what is there', async () => {
      const { stats } = (await lists.get('/api/anomalies/stats')).body.data;
      expect(stats).toEqual({
        total_anomalies: 45,
        by_severity: { low: 12, medium: 11, high: 11, critical: 11 },
        by_status: { open: 30, acknowledged: 0, resolved: 15, dismissed: 0 },
        by_source: { probe: 9, manual: 36 },
      });
    });

    it('reports what was opened and resolved today, by day in JSON and CSV', async () => {
      const { report: made } = (await lists.get('/api/anomalies/report')).body.data;
      const today = made.per_day.at(-1);
      expect(today).toMatchObject({ opened: 45, resolved: 15 });
      expect(made.per_day).toHaveLength(31);
      expect(made.time_to_resolve).toMatchObject({ count: 15, mean_seconds: 0 });
      const csv = await lists.get('/api/anomalies/report?format=csv');
      expect(csv.headers['content-type']).toContain('text/csv');
      expect(csv.text).toContain(`${today.day},45,15\r\n`);
      expect((await lists.get('/api/anomalies/report?from=2020-01-01&to=2026-01-01')).status).toBe(400);
    });
  });

  describe('verbs', () => {
    it('go from open through acknowledged to resolved, each with its time and doer', async () => {
      const { id } = await report();
      const acknowledged = (await server.post(`/api/anomalies/${id}/acknowledge`)).body;
      expect(acknowledged).toMatchObject({
        message: 'Anomaly acknowledged successfully',
        data: { anomaly: { status: 'acknowledged', acknowledged_by: 'admin' } },
      });
      expect(acknowledged.data.anomaly.acknowledged_at).toEqual(expect.any(String));
      const resolved = (
        await server.post(`/api/anomalies/${id}/resolve`, {
          resolution_notes: 'restarted',
          root_cause: 'leak',
        })
      ).body;
      expect(resolved.data.anomaly).toMatchObject({
        status: 'resolved',
        resolution: 'restarted',
        root_cause: 'leak',
        resolved_by: 'admin',
      });
    });

    it('go from open directly to resolved or dismissed', async () => {
      const [one, two] = [await report(), await report()];
      expect((await server.post(`/api/anomalies/${one.id}/resolve`)).body.data.anomaly.status).toBe(
        'resolved',
      );
      expect((await server.post(`/api/anomalies/${two.id}/dismiss`)).body.data.anomaly.status).toBe(
        'dismissed',
      );
    });

    it.each([
      ['resolve', 'acknowledge', 'Cannot acknowledge anomaly with status: resolved'],
      ['dismiss', 'acknowledge', 'Cannot acknowledge anomaly with status: dismissed'],
      ['dismiss', 'resolve', 'Cannot resolve anomaly with status: dismissed'],
    ])('after %s, refuse to %s', async (first, second, message) => {
      const { id } = await report();
      await server.post(`/api/anomalies/${id}/${first}`);
      const { status, body } = await server.post(`/api/anomalies/${id}/${second}`);
      expect([status, body.message]).toEqual([409, message]);
    });

    it('may be repeated without effect', async () => {
      const { id } = await report();
      await server.post(`/api/anomalies/${id}/acknowledge`);
      const again = await server.post(`/api/anomalies/${id}/acknowledge`);
      expect([again.status, again.body.data.anomaly.version]).toEqual([200, 2]);
      expect((await server.get(`/api/anomalies/${id}/history`)).body.data.pagination.total).toBe(2);
    });

    it('say who did what when, newest first, with audit rows beside', async () => {
      const { id } = await report();
      const analyst = await server.tokenOf('analyst');
      await server.post(`/api/anomalies/${id}/acknowledge`, undefined, { token: analyst });
      await server.put(`/api/anomalies/${id}`, { severity: 'critical' });
      await server.post(`/api/anomalies/${id}/comments`, { body: 'looking' });
      await server.post(`/api/anomalies/${id}/reopen`);
      const { history } = (await server.get(`/api/anomalies/${id}/history`)).body.data;
      expect(
        history.map(({ event, by, to_status }: { event: string; by: string; to_status: string }) => [
          event,
          by,
          to_status,
        ]),
      ).toEqual([
        ['reopened', 'admin', 'open'],
        ['commented', 'admin', 'acknowledged'],
        ['updated', 'admin', 'acknowledged'],
        ['acknowledged', 'the-analyst', 'acknowledged'],
        ['opened', 'admin', 'open'],
      ]);
      const audit = await server.database.query<{ action: string }>(
        `SELECT action FROM audit_log WHERE subject_type = 'anomaly' AND subject_id = $1 ORDER BY id`,
        [String(id)],
      );
      expect(audit.map(({ action }) => action)).toEqual([
        'anomaly.created',
        'anomaly.acknowledged',
        'anomaly.updated',
        'anomaly.commented',
        'anomaly.reopened',
      ]);
    });
  });

  describe('editing', () => {
    it('changes what is given, moves updated_at and leaves the rest', async () => {
      const before = await report();
      const { status, body } = await server.put(`/api/anomalies/${before.id}`, {
        title: 'New',
        explanation: 'why',
        anomaly_score: 0.4,
        unknown: 1,
      });
      expect([status, body.message]).toEqual([200, 'Anomaly updated successfully']);
      expect(body.data.anomaly).toMatchObject({
        title: 'New',
        explanation: 'why',
        anomaly_score: 0.4,
        description: cpu.description,
        version: 2,
      });
      expect(Date.parse(body.data.anomaly.updated_at)).toBeGreaterThanOrEqual(Date.parse(before.updated_at));
    });

    it('moves the status only as the lifecycle allows', async () => {
      const { id } = await report();
      expect(
        (await server.put(`/api/anomalies/${id}`, { status: 'resolved' })).body.data.anomaly.status,
      ).toBe('resolved');
      const refused = await server.put(`/api/anomalies/${id}`, { status: 'acknowledged', title: 'not kept' });
      expect([refused.status, refused.body.message]).toEqual([
        409,
        'Cannot acknowledge anomaly with status: resolved',
      ]);
      expect((await server.get(`/api/anomalies/${id}`)).body.data.anomaly.title).toBe(cpu.title);
    });

    it('refuses nothing at all, and an unknown anomaly', async () => {
      const { id } = await report();
      expect((await server.put(`/api/anomalies/${id}`, {})).body.message).toBe('No data provided');
      expect((await server.put('/api/anomalies/999999', { title: 'x' })).status).toBe(404);
    });

    it('lets one of two concurrent editors win and tells the other', async () => {
      const { id } = await report();
      const answers = await Promise.all(
        [1, 2, 3].map((n) => server.put(`/api/anomalies/${id}`, { title: `edit ${n}`, version: 1 })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      const late = await server.put(
        `/api/anomalies/${id}`,
        { title: 'late' },
        { headers: { 'if-match': '"1"' } },
      );
      expect([late.status, late.body.code]).toEqual([409, 'anomaly/version-conflict']);
      expect(
        (await server.put(`/api/anomalies/${id}`, { title: 'now' }, { headers: { 'if-match': '"2"' } }))
          .status,
      ).toBe(200);
      expect((await server.post(`/api/anomalies/${id}/resolve`, { version: 1 })).status).toBe(409);
    });
  });

  describe('deleting', () => {
    it('hides the anomaly everywhere and keeps its history', async () => {
      const { id } = await report({ source: 'to-delete' });
      const { status, body } = await server.delete(`/api/anomalies/${id}`);
      expect([status, body.message]).toEqual([200, `Anomaly with ID ${id} deleted successfully`]);
      expect((await server.get(`/api/anomalies/${id}`)).status).toBe(404);
      expect((await server.delete(`/api/anomalies/${id}`)).status).toBe(404);
      expect((await server.get('/api/anomalies?source=to-delete')).body.data.pagination.total).toBe(0);
      expect(
        await server.database.query('SELECT 1 FROM anomaly_history WHERE anomaly_id = $1', [id]),
      ).toHaveLength(2);
    });
  });

  describe('in bulk', () => {
    it.each([
      ['nothing', {}, 'No data provided'],
      ['null', { anomalies: null, x: 1 }, 'No anomalies provided'],
      ['an empty batch', { anomalies: [] }, 'No anomalies provided'],
      ['no list', { anomalies: 'x' }, 'Anomalies must be a list'],
      [
        'a batch with one wrong anomaly',
        { anomalies: [cpu, { ...cpu, severity: 'x' }] },
        'Invalid anomaly in batch',
      ],
      ['a batch with a number', { anomalies: [cpu, 7] }, 'Invalid anomaly in batch'],
      [
        '1,001 anomalies',
        { anomalies: Array.from({ length: 1_001 }, () => cpu) },
        'At most 1000 anomalies in a batch',
      ],
    ])('refuses %s whole', async (_, body, message) => {
      const before = (await server.get('/api/anomalies')).body.data.pagination.total;
      const answer = await server.post('/api/anomalies/batch', body);
      expect([answer.status, answer.body.message]).toEqual([400, message]);
      expect((await server.get('/api/anomalies')).body.data.pagination.total).toBe(before);
    });

    it('stores a thousand, in order', async () => {
      const anomalies = Array.from({ length: 1_000 }, (_, i) => ({ ...cpu, title: `b${i}` }));
      const { status, body } = await server.post('/api/anomalies/batch', { anomalies });
      expect(status).toBe(201);
      expect(body.data.anomalies.map(({ title }: { title: string }) => title)).toEqual(
        anomalies.map(({ title }) => title),
      );
    });

    it('acknowledges what can be and says why the rest cannot', async () => {
      const [open, resolved, acknowledged] = [
        await report(),
        await report({ status: 'resolved' }),
        await report({ status: 'acknowledged' }),
      ];
      const { body } = await server.post('/api/anomalies/bulk-acknowledge', {
        ids: [open.id, resolved.id, acknowledged.id, 99_999_999],
      });
      expect(body.data.outcome).toEqual({
        acknowledged: [open.id],
        unchanged: [acknowledged.id],
        refused: [
          { id: resolved.id, message: 'Cannot acknowledge anomaly with status: resolved' },
          { id: 99_999_999, message: 'Anomaly with ID 99999999 not found' },
        ],
      });
    });
  });

  describe('comments', () => {
    it('are kept with their author, newest first', async () => {
      const { id } = await report();
      await server.post(`/api/anomalies/${id}/comments`, { body: 'first' });
      const { status, body } = await server.post(`/api/anomalies/${id}/comments`, { body: '=second' });
      expect([status, body.data.comment.author]).toEqual([201, 'admin']);
      const { comments } = (await server.get(`/api/anomalies/${id}/comments`)).body.data;
      expect(comments.map((comment: { body: string }) => comment.body)).toEqual(['=second', 'first']);
      expect((await server.get('/api/anomalies/424242/comments')).status).toBe(404);
    });
  });

  describe('exports', () => {
    it('stream every match as CSV that no spreadsheet runs, and as JSON', async () => {
      await report({
        title: '=HYPERLINK("http://x")',
        source: 'export',
        description: 'a "quoted", line\nbreak',
      });
      const csv = await server.get('/api/anomalies/export?source=export');
      expect(csv.headers['content-disposition']).toMatch(
        /^attachment; filename="anomalies-\d{4}-\d\d-\d\d\.csv"$/,
      );
      expect(csv.text).toContain(`"'=HYPERLINK(""http://x"")","a ""quoted"", line\nbreak",high`);
      const json = await server.get('/api/anomalies/export?format=json&source=export&days=1');
      expect(json.body.data.anomalies.map(({ title }: { title: string }) => title)).toEqual([
        '=HYPERLINK("http://x")',
      ]);
      expect(
        (await server.get('/api/anomalies/export?format=json&source=nothing')).body.data.anomalies,
      ).toEqual([]);
    });
  });
});
