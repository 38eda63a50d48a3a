import { KIND_NAMES } from '../../src/telemetry/integrations/integration-kind';
import { Answer, eventually, TestApp } from '../support/test-app';

const URL = '/api/integrations';

describe('integrations', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const send = (key: string): Promise<Answer> =>
    server.call('POST', '/api/alerts/json', {
      token: null,
      headers: { 'x-api-key': key },
      body: { title: 'x' },
    });

  it('shows everything that can be plugged in, with a configuration of the place that was asked', async () => {
    const { body } = await server.get(URL, { headers: { host: 'ops.example:8080' } });
    expect(body.data.integrations).toEqual([]);
    expect(body.data.kinds.map(({ kind }: { kind: string }) => kind)).toEqual(KIND_NAMES);
    for (const { snippet, path, kind } of body.data.kinds) {
      expect(snippet.text).toContain('ops.example:8080');
      if (kind !== 'alertmanager') expect(snippet.text).toContain(`http://ops.example:8080${path}`);
      expect(snippet.text).toContain('<KEY>');
    }
  });

  it('shows a key once, and keeps but its digest', async () => {
    const made = await server.post(URL, { name: 'shop', kind: 'json' }, { headers: { host: 'ops.example' } });
    expect([made.status, made.headers['cache-control']]).toEqual([201, 'no-store']);
    const { integration, key, snippet } = made.body.data;
    expect(integration).toMatchObject({
      name: 'shop',
      kind: 'json',
      status: 'waiting',
      events_per_5_minutes: 300,
    });
    expect(snippet.text).toContain(key);
    const later = await server.get(`${URL}/${integration.id}`);
    expect(later.text).not.toContain(key);
    for (const table of ['integrations', 'api_keys', 'audit_log'])
      expect(
        await server.database.query(`SELECT FROM ${table} AS row WHERE row::text LIKE '%' || $1 || '%'`, [
          key,
        ]),
      ).toEqual([]);
  });

  it('counts what came, and says how each is doing', async () => {
    const { body } = await server.post(URL, { name: 'counted', kind: 'json' });
    const { id } = body.data.integration;
    const { key } = body.data;
    const read = async () => (await server.get(`${URL}/${id}`)).body.data.integration;
    for (let n = 0; n < 3; n += 1) expect((await send(key)).status).toBe(200);
    expect(await eventually(read, ({ event_count }) => event_count === 3)).toMatchObject({
      status: 'receiving',
      error_count: 0,
      last_error: null,
    });
    await server.call('POST', '/api/alerts/json', {
      token: null,
      headers: { 'x-api-key': key },
      body: { x: 1 },
    });
    expect(await eventually(read, ({ error_count }) => error_count === 1)).toMatchObject({
      status: 'failing',
      last_error: 'has no title at /title',
    });
    expect((await server.put(`${URL}/${id}`, { is_enabled: false })).body.data.integration.status).toBe(
      'disabled',
    );
  });

  it('counts what a Prometheus sends in the place of Alertmanager, and knows whose the alerts are', async () => {
    const { integration, key } = (await server.post(URL, { name: 'prometheus', kind: 'alertmanager' })).body
      .data;
    const tell = (to: string, body: unknown): Promise<Answer> =>
      server.call('POST', to, { token: null, headers: { authorization: `Bearer ${key}` }, body });
    expect((await tell('/api/v2/alerts', [{ labels: { alertname: 'Own' } }])).status).toBe(200);
    expect((await tell('/api/alerts/json', { title: 'x' })).status).toBe(403);
    await eventually(
      async () => (await server.get(`${URL}/${integration.id}`)).body.data.integration.event_count,
      (count) => count === 1,
    );
    expect(
      await server.database.query('SELECT labels FROM alerts WHERE integration_id = $1', [integration.id]),
    ).toEqual([{ labels: { alertname: 'Own' } }]);
  });

  it('renews a key: the one before ends at once', async () => {
    const made = (await server.post(URL, { name: 'renewed', kind: 'json' })).body.data;
    const renewed = await server.post(`${URL}/${made.integration.id}/key`);
    expect(renewed.status).toBe(201);
    expect((await send(made.key)).status).toBe(401);
    expect((await send(renewed.body.data.key)).status).toBe(200);
    expect((await server.delete(`${URL}/${made.integration.id}`)).status).toBe(200);
    expect((await send(renewed.body.data.key)).status).toBe(401);
    expect((await server.get(`${URL}/${made.integration.id}`)).status).toBe(404);
  });

  it.each([
    ['an unknown kind', { name: 'a', kind: 'carrier-pigeon' }, 400],
    ['a secret of one that does not sign', { name: 'a', kind: 'json', hmac_secret: 'x' }, 400],
    ['a mapping of one that needs none', { name: 'a', kind: 'grafana', mapping: { title: '/t' } }, 400],
    ['a mapping that evaluates', { name: 'a', kind: 'json', mapping: { title: '${process.env}' } }, 400],
    ['no budget', { name: 'a', kind: 'json', events_per_5_minutes: 0 }, 400],
    ['a name that is taken', { name: 'shop', kind: 'json' }, 409],
  ])('refuses %s', async (_, order, status) => {
    expect((await server.post(URL, order)).status).toBe(status);
  });

  it('leaves an audit row for each change, and is an admin’s to change', async () => {
    const { id } = (await server.post(URL, { name: 'audited', kind: 'pagerduty' })).body.data.integration;
    await server.put(`${URL}/${id}`, { events_per_5_minutes: 10 });
    await server.post(`${URL}/${id}/key`);
    await server.delete(`${URL}/${id}`);
    const rows = await server.database.query<{ action: string }>(
      "SELECT action FROM audit_log WHERE subject_type = 'integration' AND subject_id = $1 ORDER BY id",
      [String(id)],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'integration.created',
      'integration.updated',
      'integration.key_renewed',
      'integration.deleted',
    ]);
    const token = await server.tokenOf('operator');
    expect((await server.get(URL, { token })).status).toBe(200);
    expect((await server.post(URL, { name: 'b', kind: 'json' }, { token })).status).toBe(403);
  });
});

describe('changes', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  it('are listed newest first, by service and time', async () => {
    for (const [summary, service, at] of [
      ['one', 'web', '2026-01-01T00:00:00Z'],
      ['three', 'web', '2026-01-03T00:00:00Z'],
      ['two', 'api', '2026-01-02T00:00:00Z'],
    ])
      expect((await server.post('/api/changes', { summary, service, at })).status).toBe(201);
    const list = async (query: string): Promise<string[]> =>
      (await server.get(`/api/changes${query}`)).body.data.changes.map(
        ({ summary }: { summary: string }) => summary,
      );
    expect(await list('')).toEqual(['three', 'two', 'one']);
    expect(await list('?service=web')).toEqual(['three', 'one']);
    expect(await list('?from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z')).toEqual(['two']);
    expect(await list('?per_page=1&page=2')).toEqual(['two']);
    expect((await server.get('/api/changes?from=2026-01-02&to=2026-01-02')).status).toBe(400);
  });

  it('have a time of their own, or that of their arrival', async () => {
    const { body } = await server.post('/api/changes', { summary: 'now', details: { version: '1' } });
    const { id, at, source, details } = body.data.change;
    expect([source, details, Math.abs(Date.parse(at) - Date.now()) < 60_000]).toEqual([
      'api',
      { version: '1' },
      true,
    ]);
    expect((await server.get(`/api/changes/${id}`)).body.data.change.summary).toBe('now');
    expect((await server.get('/api/changes/999999')).status).toBe(404);
  });
});
