import { eventually, TestApp } from '../support/test-app';

const WEEKLY = {
  name: 'Database upgrade',
  matchers: ['service=~"db|cache"', 'env!=dev'],
  schedule: 'weekly',
  weekdays: ['saturday'],
  start_time: '22:30',
  duration_minutes: 120,
  time_zone: 'Europe/Berlin',
};

describe('incidents over HTTP', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const fire = async (...labels: Record<string, string>[]) => {
    const answer = await server.post(
      '/api/v2/alerts',
      labels.map((each) => ({ labels: each, annotations: { summary: `${each.alertname} fires` } })),
    );
    expect(answer.status).toBe(200);
  };
  const incidentsOf = async (search: string): Promise<any[]> =>
    (await server.get(`/api/incidents?search=${search}`)).body.data.incidents;

  it('gather what Prometheus tells, with the reason why, and go by what people do', async () => {
    await fire(
      { alertname: 'HighErrorRate', service: 'checkout', severity: 'critical', instance: 'web-1' },
      { alertname: 'HighLatency', service: 'checkout', severity: 'warning', instance: 'web-2' },
      { alertname: 'DiskFull', service: 'db', severity: 'warning' },
    );
    const [incident] = await eventually(
      () => incidentsOf('checkout'),
      ([found]) => found?.anomaly_count === 2,
    );
    expect(incident).toMatchObject({
      title: expect.stringMatching(/^checkout: High/),
      status: 'open',
      severity: 'critical',
      group_labels: { service: 'checkout' },
      resolved_at: null,
    });
    const { body } = await server.get(`/api/incidents/${incident.id}`);
    expect(body.data.pagination.total).toBe(2);
    const members = body.data.anomalies as any[];
    expect(members.map(({ incident_reason }) => incident_reason).sort()).toEqual([
      'first of its incident (service=checkout)',
      'same service=checkout within 10 min',
    ]);
    expect(members.find(({ labels }) => labels.instance === 'web-1')).toMatchObject({
      title: 'HighErrorRate fires',
      severity: 'critical',
      anomaly_score: 0.95,
      confidence: 1,
      source: 'alertmanager',
      status: 'open',
      incident_id: incident.id,
      alert_id: expect.any(Number),
    });
    const listed = await server.get(`/api/anomalies?incident_id=${incident.id}&severity=critical`);
    expect(listed.body.data.anomalies).toHaveLength(1);

    const acknowledged = await server.post(`/api/incidents/${incident.id}/acknowledge`);
    expect(acknowledged.body.data.incident).toMatchObject({
      status: 'acknowledged',
      acknowledged_by: 'admin',
    });
    expect((await server.post(`/api/incidents/${incident.id}/acknowledge`)).status).toBe(200);
    const resolved = await server.post(`/api/incidents/${incident.id}/resolve`, {
      resolution: 'Rolled back',
      root_cause: 'A bad release',
    });
    expect(resolved.body.data.incident).toMatchObject({ status: 'resolved', resolved_by: 'admin' });
    const after = await server.get(`/api/incidents/${incident.id}`);
    expect(
      after.body.data.anomalies.map(({ status, resolution, root_cause }: any) => [
        status,
        resolution,
        root_cause,
      ]),
    ).toEqual([
      ['resolved', 'Rolled back', 'A bad release'],
      ['resolved', 'Rolled back', 'A bad release'],
    ]);
    const refused = await server.post(`/api/incidents/${incident.id}/acknowledge`);
    expect([refused.status, refused.body.code]).toEqual([409, 'incident/already-resolved']);

    await server.post(`/api/anomalies/${members[0].id}/reopen`);
    expect((await incidentsOf('checkout'))[0]).toMatchObject({ status: 'open', resolved_by: null });
    const history = await server.get(`/api/incidents/${incident.id}/history`);
    expect(history.body.data.history.map(({ event, by }: any) => [event, by])).toEqual([
      ['reopened', 'admin'],
      ['resolved', 'admin'],
      ['acknowledged', 'admin'],
      ['opened', 'system'],
    ]);
    const audit = await server.get(`/api/audit?subject_type=incident&subject_id=${incident.id}`);
    expect(audit.body.data.entries.map(({ action }: any) => action)).toEqual([
      'incident.reopened',
      'incident.resolved',
      'incident.acknowledged',
      'incident.opened',
    ]);
  });

  it('are filtered, and unknown ones are not found', async () => {
    const statuses = async (query: string) =>
      (await server.get(`/api/incidents?${query}`)).body.data.incidents.map(({ status }: any) => status);
    expect(new Set(await statuses('status=open'))).toEqual(new Set(['open']));
    expect(await statuses('status=resolved')).toEqual([]);
    expect(await statuses('severity=medium')).toHaveLength(1);
    expect((await server.get('/api/incidents?status=unknown')).status).toBe(400);
    for (const path of ['', '/history'])
      expect((await server.get(`/api/incidents/999${path}`)).status).toBe(404);
    for (const verb of ['acknowledge', 'resolve'])
      expect((await server.post(`/api/incidents/999/${verb}`)).status).toBe(404);
  });

  it('that turn out to be one are merged, and the younger says where it went', async () => {
    const stated = await server.put('/api/topology', {
      dependencies: { 'shop-web': ['shop-api'], 'shop-api': ['shop-db'] },
    });
    expect(stated.status).toBe(200);
    const stands = async (search: string) =>
      (
        await eventually(
          () => incidentsOf(search),
          ([found]) => found !== undefined,
        )
      )[0];
    await fire({ alertname: 'Slow', service: 'shop-web', severity: 'warning' });
    const older = await stands('shop-web');
    // The topology that was stated before hid it: two troubles, until what lies between them has one, too.
    await server.put('/api/topology', { dependencies: {} });
    await fire({ alertname: 'DiskFull', service: 'shop-db', severity: 'critical' });
    const younger = await stands('shop-db');
    await server.put('/api/topology', {
      dependencies: { 'shop-web': ['shop-api'], 'shop-api': ['shop-db'] },
    });
    await fire({ alertname: 'Errors', service: 'shop-api', severity: 'warning' });
    const merged = (
      await eventually(
        () => server.get(`/api/incidents/${younger.id}`),
        ({ body }) => body.data.incident.merged_into !== null,
      )
    ).body.data;
    expect(merged).toMatchObject({
      incident: { id: younger.id, status: 'resolved', resolved_by: 'system', merged_into: older.id },
      anomalies: [],
    });
    const { body } = await server.get(`/api/incidents/${older.id}`);
    expect(body.data.incident).toMatchObject({
      status: 'open',
      severity: 'critical',
      anomaly_count: 3,
      merged_into: null,
    });
    expect(body.data.anomalies.map(({ incident_reason }: any) => incident_reason)).toEqual([
      'shop-api depends on shop-db, whose incident this is',
      `first of its incident (service=shop-db) (in incident ${younger.id}, which is one with this: shop-api depends on shop-db)`,
      'first of its incident (service=shop-web)',
    ]);
    const historyOf = async (id: number) =>
      (await server.get(`/api/incidents/${id}/history`)).body.data.history.map(({ event, details }: any) => [
        event,
        details,
      ]);
    const reason = 'shop-api depends on shop-db';
    expect(await historyOf(younger.id)).toEqual([
      ['merged', { merged_into: older.id, reason }],
      ['opened', null],
    ]);
    expect(await historyOf(older.id)).toEqual([
      ['took_in', { incident_id: younger.id, reason }],
      ['opened', null],
    ]);
    const audit = await server.get(`/api/audit?subject_type=incident&subject_id=${younger.id}`);
    expect(audit.body.data.entries[0]).toMatchObject({
      action: 'incident.merged',
      after: { merged_into: older.id, reason },
    });
    const moved = body.data.anomalies[1].id as number;
    const lines = (await server.get(`/api/anomalies/${moved}/history`)).body.data.history;
    expect(lines[0]).toMatchObject({ event: 'updated', changes: { incident_id: older.id } });

    for (const verb of ['acknowledge', 'resolve']) {
      const refused = await server.post(`/api/incidents/${younger.id}/${verb}`);
      expect([refused.status, refused.body.code, refused.body.message]).toEqual([
        409,
        'incident/merged',
        `Incident ${younger.id} was merged into incident ${older.id}`,
      ]);
    }
    // What it took in stays with it, whatever the topology says later; the younger does not come back.
    await server.put('/api/topology', { dependencies: {} });
    await fire({ alertname: 'Slow', service: 'shop-db' });
    await eventually(
      async () => (await server.get(`/api/incidents/${older.id}`)).body.data.incident.anomaly_count,
      (count) => count === 4,
    );
    expect((await server.get(`/api/incidents/${younger.id}`)).body.data.incident).toMatchObject({
      status: 'resolved',
      group_labels: { service: 'shop-db' },
    });
    expect((await server.post(`/api/incidents/${older.id}/resolve`)).body.data.incident.status).toBe(
      'resolved',
    );
  });

  describe('maintenance windows', () => {
    it('are planned, read, replaced and removed by operators', async () => {
      const token = await server.tokenOf('operator');
      const made = await server.post('/api/maintenance-windows', WEEKLY, { token });
      expect(made.status).toBe(201);
      const { window } = made.body.data;
      expect(window).toMatchObject({
        name: 'Database upgrade',
        matchers: ['service=~"db|cache"', 'env!="dev"'],
        schedule: 'weekly',
        time_zone: 'Europe/Berlin',
        starts_at: null,
        created_by: 'the-operator',
      });
      expect(new Date(window.next.starts_at).getTime()).toBeGreaterThan(Date.now());
      expect((await server.get('/api/maintenance-windows')).body.data.windows).toEqual([window]);
      expect((await server.post('/api/maintenance-windows', WEEKLY)).status).toBe(409);
      const url = `/api/maintenance-windows/${window.id as number}`;
      const replaced = await server.put(url, {
        name: 'Once',
        matchers: ['service=db'],
        schedule: 'once',
        starts_at: '2026-01-31T10:00:00Z',
        ends_at: '2099-01-31T11:00:00Z',
      });
      expect(replaced.body.data.window).toMatchObject({ is_active: true, next: null, weekdays: null });
      expect((await server.delete(url, { token: await server.tokenOf('analyst') })).status).toBe(403);
      expect((await server.delete(url, { token })).status).toBe(200);
      expect((await server.get(url)).status).toBe(404);
    });

    it.each([
      [{ matchers: [] }, 'matchers must be a list of 1 to 30'],
      [{ matchers: ['env!=dev'] }, 'at least one matcher must not match the empty string'],
      [{ matchers: ['service=~"("'] }, 'cannot be read'],
      [{ time_zone: 'Europe/Atlantis' }, 'time_zone must be a time zone'],
      [{ start_time: '24:00' }, 'start_time must be a time of day'],
      [{ weekdays: ['someday'] }, 'weekdays must be a list of different days'],
      [{ duration_minutes: 0 }, 'duration_minutes must be an integer'],
      [{ time_zone: undefined }, 'Missing required field: time_zone'],
      [{ starts_at: '2026-01-31T10:00:00Z' }, 'starts_at is no member of a window that takes place weekly'],
      [
        {
          ...WEEKLY,
          schedule: 'once',
          weekdays: undefined,
          start_time: undefined,
          duration_minutes: undefined,
          time_zone: undefined,
          starts_at: '2026-01-31',
          ends_at: '2026-01-31',
        },
        'starts_at must be before ends_at',
      ],
    ])('that cannot be are refused: %j', async (wrong, message) => {
      const answer = await server.post('/api/maintenance-windows', { ...WEEKLY, ...wrong });
      expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(message)]);
    });
  });

  describe('rules of inhibition', () => {
    const RULE = {
      name: 'Node down',
      source_matchers: ['alertname=NodeDown'],
      target_matchers: ['tier=~"app|web"'],
      equal: ['node'],
    };

    it('are made, read, replaced and removed by operators', async () => {
      const token = await server.tokenOf('operator');
      const made = await server.post('/api/inhibition-rules', RULE, { token });
      expect(made.status).toBe(201);
      const { rule } = made.body.data;
      expect(rule).toMatchObject({
        source_matchers: ['alertname="NodeDown"'],
        target_matchers: ['tier=~"app|web"'],
        equal: ['node'],
        created_by: 'the-operator',
      });
      expect((await server.get('/api/inhibition-rules')).body.data.rules).toEqual([rule]);
      const again = await server.post('/api/inhibition-rules', RULE);
      expect([again.status, again.body.code]).toEqual([409, 'inhibition/name-taken']);
      const url = `/api/inhibition-rules/${rule.id as number}`;
      const replaced = await server.put(url, { ...RULE, equal: undefined });
      expect(replaced.body.data.rule.equal).toEqual([]);
      expect((await server.delete(url, { token: await server.tokenOf('analyst') })).status).toBe(403);
      expect((await server.delete(url, { token })).status).toBe(200);
      expect((await server.get(url)).status).toBe(404);
    });

    it.each([
      [{ source_matchers: ['x!=y'] }, 'source_matchers must have one that does not match the empty string'],
      [
        { target_matchers: ['x=~".*"'] },
        'target_matchers must have one that does not match the empty string',
      ],
      [{ equal: ['a', 'a'] }, 'equal must be a list of at most 10 different label names'],
      [{ source_matchers: 'x=y' }, 'source_matchers must be a list of 1 to 30 matchers'],
    ])('that cannot be are refused: %j', async (wrong, message) => {
      const answer = await server.post('/api/inhibition-rules', { ...RULE, ...wrong });
      expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(message)]);
    });
  });

  it.each([
    [{ a: ['b'], b: ['c'], c: ['a'] }, 'Services cannot depend on themselves'],
    [{ a: ['a'] }, 'Services cannot depend on themselves: a -> a'],
    [{ a: ['b', 'b'] }, 'dependencies must be an object of services'],
    [['a'], 'dependencies must be an object of services'],
  ])('refuse a topology that cannot be: %j', async (dependencies, message) => {
    const answer = await server.put('/api/topology', { dependencies });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(message)]);
  });
});
