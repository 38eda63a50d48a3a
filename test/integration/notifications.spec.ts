import { Webhook } from 'standardwebhooks';

import { EventsService } from '../../src/events/events.service';
import { RecordingTarget } from '../support/recording-target';
import { ServerProcess } from '../support/server-process';
import { Answer, eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { addWebhookTarget } from '../support/webhook-target';

const ENDPOINTS = '/api/notifications/endpoints';
const DELIVERIES = '/api/notifications/deliveries';
const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const ANOMALY = {
  title: 'Latency is up',
  description: 'p99 over a second',
  severity: 'high',
  anomaly_score: 0.7,
  confidence: 0.9,
};

describe('notifications', () => {
  let database: TestDatabase;
  let one: TestApp;
  let two: TestApp;
  let receiver: RecordingTarget;
  let named = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    one = await TestApp.start({}, database);
    two = await TestApp.start({}, database);
  }, 60_000);
  afterAll(async () => {
    await one.stop();
    await two.stop();
    await database.drop();
  });
  beforeEach(async () => {
    receiver = await RecordingTarget.start();
    await one.post('/api/admin/egress', { url: receiver.origin, allow_private: true });
  });
  afterEach(async () => {
    const { body } = await one.get(`${ENDPOINTS}?per_page=100`);
    for (const { id } of body.data.endpoints) await one.delete(`${ENDPOINTS}/${id}`);
    await receiver.stop();
  });

  const members = (more: object = {}) => ({
    name: `endpoint ${(named += 1)}`,
    kind: 'webhook',
    url: `${receiver.origin}/path-that-is-a-key`,
    secrets: { signing_secret: SIGNING_SECRET },
    ...more,
  });
  const add = async (more: object = {}) => {
    const made = await one.post(ENDPOINTS, members(more));
    expect([made.status, made.text]).toEqual([201, made.text]);
    return made.body.data.endpoint;
  };
  const report = async (more: object = {}): Promise<number> => {
    const made = await one.post('/api/anomalies', { ...ANOMALY, ...more });
    expect([made.status, made.text]).toEqual([201, made.text]);
    return made.body.data.anomaly.id;
  };
  const told = (type: string) =>
    receiver.requests
      .map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> })
      .filter((message) => message.type === type);
  const deliveriesOf = async (endpoint: { id: number }): Promise<any[]> =>
    (await one.get(`${DELIVERIES}?endpoint_id=${endpoint.id}&per_page=100`)).body.data.deliveries;
  const ended = (endpoint: { id: number }): Promise<any> =>
    eventually(
      async () => (await deliveriesOf(endpoint))[0],
      (delivery) => delivery !== undefined && delivery.ended_at !== null,
    );
  const attemptsOf = async (id: string): Promise<any[]> =>
    (await one.get(`${DELIVERIES}/${id}`)).body.data.attempts;

  it('tells of every anomaly once, signed, whatever the number of processes', async () => {
    const endpoint = await add({ events: ['anomaly_detected'] });
    const ids = await Promise.all(Array.from({ length: 10 }, () => report()));
    await eventually(
      () => deliveriesOf(endpoint),
      (all) => all.length === 10 && all.every(({ state }) => state === 'delivered'),
    );
    expect(
      told('anomaly_detected')
        .map(({ data }) => data.anomaly_id)
        .sort(),
    ).toEqual([...ids].sort());
    expect(new Set(receiver.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(10);
    for (const { body, headers } of receiver.requests)
      expect(new Webhook(SIGNING_SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
        type: 'anomaly_detected',
        timestamp: expect.any(String),
        data: { severity: 'high' },
      });
  }, 30_000);

  it('tells again of an anomaly that comes back', async () => {
    const endpoint = await add({ events: ['anomaly_detected'] });
    const id = await report();
    await ended(endpoint);
    await one.post(`/api/anomalies/${id}/resolve`, {});
    await one.post(`/api/anomalies/${id}/reopen`, {});
    await eventually(() => told('anomaly_detected').length === 2);
    expect(told('anomaly_detected').map(({ data }) => data.is_reopened)).toEqual([false, true]);
  }, 30_000);

  it('tells nobody what is not severe enough, not asked for, or of other labels', async () => {
    const severe = await add({ minimum_severity: 'critical' });
    const others = await add({ matchers: ['service="cart"'] });
    const approvals = await add({ events: ['approval_needed'] });
    const all = await add();
    await report();
    await ended(all);
    for (const endpoint of [severe, others, approvals]) expect(await deliveriesOf(endpoint)).toEqual([]);
  }, 30_000);

  it('asks for an approval, and tells how the action ended and whether it has helped', async () => {
    await add({ events: ['approval_needed', 'remediation_executed', 'remediation_verified'] });
    const call = async (method: string, path: string, body?: object) =>
      (await one.call(method, path, { body })).body.data;
    const target = await addWebhookTarget(call, receiver, 'cart');
    const proposed = await one.post(
      '/api/remediation/actions',
      {
        action_type: 'restart_service',
        action_name: 'Restart the cart',
        description: 'It leaks',
        target_id: target.id,
        verify: { series: 'queue', op: '<', threshold: 1, for: 1, timeout: 3 },
      },
      { token: await one.tokenOf('operator') },
    );
    const { id } = proposed.body.data.remediation_action;
    await eventually(() => told('approval_needed').length === 1);
    expect(told('approval_needed')[0].data).toMatchObject({ action_id: id, requested_by: 'the-operator' });
    await one.post(`/api/remediation/actions/${id}/approve`, {});
    await one.post(`/api/remediation/actions/${id}/execute`, {});
    await eventually(() => told('remediation_executed').length === 1);
    expect(told('remediation_executed')[0].data).toMatchObject({ action_id: id, status: 'completed' });
    expect(told('approval_needed')).toHaveLength(1);
    await eventually(async () => {
      await one.post('/api/telemetry/samples', { samples: [{ name: 'queue', value: 9 }] });
      return told('remediation_verified').length === 1;
    });
    expect(told('remediation_verified')[0].data).toMatchObject({ action_id: id, outcome: 'no_effect' });
  }, 60_000);

  it('keeps quiet of what a silence covers, and tells it once when it is over', async () => {
    const endpoint = await add({ events: ['anomaly_detected'] });
    const id = await report();
    await ended(endpoint);
    const [{ id: quiet }] = await database.query<{ id: string }>(
      `WITH made AS (
         INSERT INTO anomalies (title, description, severity, anomaly_score, confidence, suppressed_by)
         VALUES ('quiet', 'd', 'high', 0.7, 0.9, '{"kind": "silence", "id": "x", "name": "x"}') RETURNING id
       ), told AS (
         INSERT INTO anomaly_history (anomaly_id, event, actor_kind, actor_name, to_status)
         SELECT id, 'opened', 'system', 'system', 'open' FROM made
       ) SELECT id FROM made`,
    );
    const next = await report();
    await eventually(() => told('anomaly_detected').length === 2);
    expect(told('anomaly_detected').map(({ data }) => data.anomaly_id)).toEqual([id, next]);
    await database.query('UPDATE anomalies SET suppressed_by = NULL WHERE id = $1', [quiet]);
    for (const anomalyId of [Number(quiet), Number(quiet), id])
      await one.app.get(EventsService, { strict: false }).publish('anomaly.released', { anomalyId });
    await eventually(() => told('anomaly_detected').length === 3);
    const last = await report();
    await eventually(() => told('anomaly_detected').some(({ data }) => data.anomaly_id === last));
    await eventually(async () => {
      const [{ left }] = await database.query<{ left: string }>(
        `SELECT count(*) AS left FROM jobs.job WHERE name = 'anomaly.released.notification' AND state <> 'completed'`,
      );
      return Number(left) === 0;
    });
    expect(await deliveriesOf(endpoint)).toHaveLength(4);
  }, 30_000);

  it('tries again what failed, under the same id, and tells of each attempt', async () => {
    const endpoint = await add();
    receiver.answer = (_, response) => response.writeHead(503, { 'retry-after': '0' }).end();
    await report();
    const [{ id }] = await eventually(
      () => deliveriesOf(endpoint),
      ([delivery]) => delivery?.attempts === 1 && delivery.state === 'waiting',
    );
    receiver.answer = (_, response) => response.end();
    await database.query('UPDATE notification_deliveries SET due_at = now() WHERE id = $1', [id]);
    expect(await ended(endpoint)).toMatchObject({ state: 'delivered', attempts: 2, error: null });
    expect(await attemptsOf(id)).toEqual([
      expect.objectContaining({ number: 1, status: 503, error: 'the endpoint answered 503' }),
      expect.objectContaining({ number: 2, status: 200, error: null }),
    ]);
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
    expect(receiver.requests[0].body).toBe(receiver.requests[1].body);
  }, 30_000);

  it('gives up what is refused, and sends it again under its id where somebody asks', async () => {
    const endpoint = await add();
    receiver.answer = (_, response) => response.writeHead(400).end();
    await report();
    const delivery = await ended(endpoint);
    expect(delivery).toMatchObject({ state: 'failed', attempts: 1, error: 'the endpoint answered 400' });
    receiver.answer = (_, response) => response.end();
    expect((await one.post(`${DELIVERIES}/${delivery.id}/replay`)).status).toBe(202);
    await eventually(async () => (await deliveriesOf(endpoint))[0].state === 'delivered');
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual([delivery.id, delivery.id]);
  }, 30_000);

  it('switches an endpoint off that says that it is gone, and on again where somebody says so', async () => {
    const endpoint = await add();
    receiver.answer = (_, response) => response.writeHead(410).end();
    await report();
    const delivery = await ended(endpoint);
    const { body } = await one.get(`${ENDPOINTS}/${endpoint.id}`);
    expect(body.data.endpoint).toMatchObject({
      is_enabled: false,
      disabled_reason: 'the endpoint answered 410: it is gone',
    });
    expect((await one.post(`${ENDPOINTS}/${endpoint.id}/test`)).status).toBe(409);
    expect((await one.post(`${DELIVERIES}/${delivery.id}/replay`)).status).toBe(409);
    const { name } = endpoint;
    const again = await one.put(`${ENDPOINTS}/${endpoint.id}`, { name, version: body.data.endpoint.version });
    expect(again.body.data.endpoint).toMatchObject({ is_enabled: true, disabled_reason: null });
    receiver.answer = (_, response) => response.end();
    expect((await one.post(`${ENDPOINTS}/${endpoint.id}/test`)).status).toBe(201);
    await eventually(() => told('test').length === 1);
  }, 30_000);

  it('leaves an endpoint alone that fails again and again, and the others their turn', async () => {
    const broken = await add({ url: 'http://127.0.0.1:9/nobody-listens' });
    await one.post('/api/admin/egress', { url: 'http://127.0.0.1:9', allow_private: true });
    for (let count = 0; count < 12; count += 1) await one.post(`${ENDPOINTS}/${broken.id}/test`);
    const paused = await eventually(
      async () => (await one.get(`${ENDPOINTS}/${broken.id}`)).body.data.endpoint,
      ({ paused_until }) => paused_until !== null,
    );
    expect(paused.failures).toBeGreaterThanOrEqual(5);
    const working = await add();
    await one.post(`${ENDPOINTS}/${working.id}/test`);
    expect(await ended(working)).toMatchObject({ state: 'delivered' });
    expect((await deliveriesOf(broken)).filter(({ attempts }) => attempts === 0).length).toBeGreaterThan(0);
  }, 30_000);

  it('does not let a receiver that hangs hold up the others', async () => {
    const hanging = await RecordingTarget.start();
    hanging.answer = () => undefined;
    await one.post('/api/admin/egress', { url: hanging.origin, allow_private: true });
    const hung = await add({ url: hanging.origin });
    for (let count = 0; count < 40; count += 1) await one.post(`${ENDPOINTS}/${hung.id}/test`);
    await eventually(() => hanging.requests.length > 0);
    const working = await add();
    await one.post(`${ENDPOINTS}/${working.id}/test`);
    expect(await ended(working)).toMatchObject({ state: 'delivered' });
    expect((await deliveriesOf(hung)).every(({ ended_at }) => ended_at === null)).toBe(true);
    await hanging.stop();
  }, 30_000);

  it('holds what is not critical in quiet hours, and tells it after', async () => {
    const halfADayAgo = new Date(Date.now() - 12 * 3_600_000).toISOString().slice(11, 16);
    const endpoint = await add({
      quiet_hours: { start_time: halfADayAgo, duration_minutes: 1_439, time_zone: 'UTC' },
    });
    const [critical, high] = [await report({ severity: 'critical' }), await report()];
    await eventually(async () => (await deliveriesOf(endpoint)).length === 2);
    await eventually(() => told('anomaly_detected').length === 1);
    expect(told('anomaly_detected')[0].data.anomaly_id).toBe(critical);
    const held = (await deliveriesOf(endpoint)).find(({ state }) => state === 'waiting');
    expect(new Date(held.due_at as string).getTime()).toBeGreaterThan(Date.now() + 3_600_000);
    await database.query('UPDATE notification_deliveries SET due_at = now() WHERE id = $1', [held.id]);
    await eventually(() => told('anomaly_detected').length === 2);
    expect(told('anomaly_detected')[1].data.anomaly_id).toBe(high);
  }, 30_000);

  it('takes over what a process that died was sending, under the same id', async () => {
    const endpoint = await add();
    await report();
    const { id } = await ended(endpoint);
    await database.query(
      `UPDATE notification_deliveries SET state = 'sending', ended_at = NULL, lease_until = now() - interval '1 second', worker = 'dead/1'
       WHERE id = $1`,
      [id],
    );
    expect(await ended(endpoint)).toMatchObject({ id, state: 'delivered', attempts: 2 });
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
  }, 30_000);

  it('sends again, under the same id, what a process was sending when it was killed', async () => {
    // Of its own, so that nobody else sends.
    const own = await createTestDatabase();
    const secrets = {
      JWT_SECRET: 'a-signing-key-of-the-tests-that-is-long-enough',
      SECRETS_KEY: 'a-key-of-the-tests-for-secrets-that-is-long-enough',
    };
    const startWorker = () => ServerProcess.start({ DATABASE_URL: own.url, NODE_ROLE: 'worker', ...secrets });
    const api = await TestApp.start({ NODE_ROLE: 'api', ...secrets }, own);
    let worker = await startWorker();
    try {
      await api.post('/api/admin/egress', { url: receiver.origin, allow_private: true });
      await api.post(ENDPOINTS, members());
      receiver.answer = () => undefined;
      await api.post('/api/anomalies', ANOMALY);
      await eventually(() => receiver.requests.length === 1);
      await worker.kill();
      receiver.answer = (_, response) => response.end();
      await own.query('UPDATE notification_deliveries SET lease_until = now()');
      worker = await startWorker();
      await eventually(
        async () =>
          (await own.query<{ state: string }>('SELECT state FROM notification_deliveries'))[0].state,
        (state) => state === 'delivered',
      );
      const ids = receiver.requests.map(({ headers }) => headers['webhook-id']);
      expect(ids).toEqual([ids[0], ids[0]]);
    } finally {
      await worker.stop();
      await api.stop();
      await own.drop();
    }
  }, 90_000);

  it('gives up after a day', async () => {
    const endpoint = await add();
    receiver.answer = (_, response) => response.writeHead(500).end();
    await report();
    await eventually(
      async () => (await deliveriesOf(endpoint))[0]?.state === 'waiting' && receiver.requests.length > 0,
    );
    await eventually(async () => {
      await database.query(
        `UPDATE notification_deliveries SET give_up_at = now() WHERE state = 'waiting' AND endpoint_id = $1`,
        [endpoint.id],
      );
      return (await deliveriesOf(endpoint))[0].state === 'failed';
    });
    expect((await deliveriesOf(endpoint))[0].error).toBe('given up after a day: the endpoint answered 500');
  }, 30_000);

  it('tells Slack in plain text', async () => {
    const endpoint = await add({ kind: 'slack', secrets: {} });
    await report({ title: '<!channel> look <https://evil.example|here>' });
    await ended(endpoint);
    const [{ body, headers }] = receiver.requests;
    expect(headers['webhook-signature']).toBeUndefined();
    expect(JSON.parse(body)).toMatchObject({
      text: expect.stringContaining('&lt;!channel&gt;'),
      blocks: [{ type: 'header' }, { type: 'section', text: { type: 'plain_text' } }],
    });
  }, 30_000);

  it('shows neither URLs nor secrets, in answers, tables or the audit trail', async () => {
    const endpoint = await add();
    const answers: Answer[] = [
      await one.get(`${ENDPOINTS}/${endpoint.id}`),
      await one.get(ENDPOINTS),
      await one.put(`${ENDPOINTS}/${endpoint.id}`, {
        name: endpoint.name,
        version: 1,
        url: `${receiver.origin}/path-that-is-a-key-too`,
      }),
      await one.get('/api/audit?per_page=20'),
    ];
    for (const { text } of answers) {
      expect(text).not.toContain('path-that-is-a-key');
      expect(text).not.toContain(SIGNING_SECRET);
    }
    const rows = await database.query<{ row: string }>(
      `SELECT e::text AS row FROM notification_endpoints AS e UNION ALL SELECT s::text FROM notification_secrets AS s
       UNION ALL SELECT a::text FROM audit_log AS a`,
    );
    expect(rows.some(({ row }) => row.includes('path-that-is-a-key') || row.includes(SIGNING_SECRET))).toBe(
      false,
    );
  });

  it('is told of elsewhere with its secrets stated again only', async () => {
    const endpoint = await add();
    const { name } = endpoint;
    const led = await one.put(`${ENDPOINTS}/${endpoint.id}`, {
      name,
      version: 1,
      url: 'https://evil.example/',
    });
    expect([led.status, led.body.message]).toEqual([
      400,
      expect.stringContaining('state signing_secret again'),
    ]);
    const secrets = { signing_secret: SIGNING_SECRET };
    const stated = { name, version: 1, url: 'https://ops.example/', secrets };
    expect((await one.put(`${ENDPOINTS}/${endpoint.id}`, stated)).body.data.endpoint).toMatchObject({
      destination: 'https://ops.example:443',
      version: 2,
    });
    expect((await one.put(`${ENDPOINTS}/${endpoint.id}`, stated)).status).toBe(409);
  });

  it.each([
    ['no URL', { url: undefined }, 'url'],
    ['a URL of no kind', { url: 'ftp://a' }, 'URL'],
    ['no key', { secrets: {} }, 'always signed'],
    ['an unknown event', { events: ['slo_violation'] }, 'events must be'],
    ['a matcher that is none', { matchers: ['{{{'] }, ''],
    [
      'quiet hours of no zone',
      { quiet_hours: { start_time: '22:00', duration_minutes: 60, time_zone: 'Mars' } },
      'quiet_hours',
    ],
    ['an unknown secret', { secrets: { password: 'x' } }, 'secrets must be'],
  ])('refuses %s', async (_, more, words) => {
    const refused = await one.post(ENDPOINTS, members(more));
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(words)]);
  });

  it('lets viewers look, and admins manage', async () => {
    const viewer = await one.tokenOf('viewer');
    expect((await one.get(ENDPOINTS, { token: viewer })).status).toBe(200);
    expect((await one.get(DELIVERIES, { token: viewer })).status).toBe(200);
    const operator = await one.tokenOf('operator');
    expect((await one.post(ENDPOINTS, members(), { token: operator })).status).toBe(403);
    expect((await one.get(`${DELIVERIES}/nope`)).status).toBe(400);
    expect((await one.get(`${DELIVERIES}/00000000-0000-4000-8000-000000000000`)).status).toBe(404);
  });
});
