import { hostname } from 'node:os';

import { messagesOf, NotificationBench, webhookMembers } from '../support/notification-bench';
import { RecordingTarget } from '../support/recording-target';
import { ServerProcess } from '../support/server-process';
import { eventually, TestApp } from '../support/test-app';
import { createTestDatabase } from '../support/test-database';

const ANOMALIES = { events: ['anomaly_detected'] };
const DIGEST = { group_by: ['incident'], wait_seconds: 2, interval_seconds: 3_600 };

/** A quarter of a day ago, for quiet hours that go on. */
const quietNow = () => ({
  start_time: new Date(Date.now() - 6 * 3_600_000).toISOString().slice(11, 16),
  duration_minutes: 1_000,
  time_zone: 'UTC',
});

describe('notifications that wait for company', () => {
  let bench: NotificationBench;

  beforeAll(async () => {
    bench = await NotificationBench.start();
  }, 60_000);
  afterAll(() => bench.stop());
  beforeEach(() => bench.openReceiver());
  afterEach(() => bench.closeReceiver());

  const alerts = (service: string, ...names: string[]) =>
    bench.fire(...names.map((alertname) => ({ alertname, service })));
  const gatheredBy = (endpoint: { id: number }, count: number) =>
    eventually(
      async () => (await bench.deliveriesOf(endpoint)).filter(({ state }) => state === 'gathering'),
      ({ length }) => length === count,
    );
  const dueNow = (endpoint: { id: number }) =>
    bench.database.query('UPDATE notification_groups SET due_at = now() WHERE endpoint_id = $1', [
      endpoint.id,
    ]);

  it('are told in one message, each once, and the log says by which', async () => {
    const endpoint = await bench.add({ ...ANOMALIES, digest: DIGEST });
    expect(endpoint.digest).toEqual({ ...DIGEST, critical_waits: false });
    await alerts('cart', 'A', 'B', 'C');
    const [digest] = await eventually(
      () => bench.told('digest'),
      ({ length }) => length === 1,
    );
    const { id: incident } = await bench.incidentOf('cart');
    expect(digest.data).toMatchObject({
      summary: `3 notices of incident ${incident}: 3 × anomaly detected`,
      group: { incident },
      count: 3,
      severity: 'medium',
    });
    expect(digest.data.notices.map(({ type, data }: any) => [type, data.title]).sort()).toEqual([
      ['anomaly_detected', expect.stringContaining('A')],
      ['anomaly_detected', expect.stringContaining('B')],
      ['anomaly_detected', expect.stringContaining('C')],
    ]);
    const deliveries = await bench.deliveriesOf(endpoint);
    expect(deliveries.filter(({ state }) => state === 'grouped').map(({ digest_id }) => digest_id)).toEqual([
      digest.id,
      digest.id,
      digest.id,
    ]);
    expect(bench.told()).toHaveLength(1);
  }, 30_000);

  it('that come later wait for their interval, and one that found no company is told by itself', async () => {
    const endpoint = await bench.add({ ...ANOMALIES, digest: DIGEST });
    await alerts('later', 'A', 'B');
    await eventually(() => bench.told('digest').length === 1);
    await alerts('later', 'C');
    const [waiting] = await gatheredBy(endpoint, 1);
    expect(Date.parse(waiting.due_at as string)).toBeGreaterThan(Date.now() + 3_000_000);
    await dueNow(endpoint);
    await eventually(() => bench.told('anomaly_detected').length === 1);
    expect(bench.told('anomaly_detected')[0]).toMatchObject({ id: waiting.id });
  }, 30_000);

  it('are grouped by labels where those are stated', async () => {
    await bench.add({ ...ANOMALIES, digest: { group_by: ['service'], wait_seconds: 2 } });
    await alerts('left', 'A', 'B');
    await alerts('right', 'A', 'B');
    await eventually(() => bench.told('digest').length === 2);
    expect(
      bench
        .told('digest')
        .map(({ data }) => [data.group.service, data.count])
        .sort(),
    ).toEqual([
      ['left', 2],
      ['right', 2],
    ]);
  }, 30_000);

  it('do not wait where they are critical, unless the endpoint says so', async () => {
    const hasty = await bench.add({ ...ANOMALIES, digest: { ...DIGEST, wait_seconds: 600 } });
    const patient = await bench.add({
      ...ANOMALIES,
      digest: { ...DIGEST, wait_seconds: 600, critical_waits: true },
    });
    const id = await bench.report({ severity: 'critical' });
    await gatheredBy(patient, 1);
    await eventually(() => bench.told().length === 1);
    expect(bench.told()[0].data.anomaly_id).toBe(id);
    expect(await bench.deliveriesOf(hasty)).toMatchObject([{ type: 'anomaly_detected' }]);
  }, 30_000);

  it('keep to quiet hours, but for what is critical', async () => {
    const endpoint = await bench.add({
      ...ANOMALIES,
      digest: { group_by: ['team'], wait_seconds: 600, critical_waits: true },
      quiet_hours: quietNow(),
    });
    await bench.report();
    await bench.report();
    const critical = await bench.report({ severity: 'critical' });
    await gatheredBy(endpoint, 3);
    await dueNow(endpoint);
    const held = await gatheredBy(endpoint, 2);
    await eventually(() => bench.told().length === 1);
    expect(bench.told()[0].data.anomaly_id).toBe(critical);
    for (const { due_at } of held)
      expect(Date.parse(due_at as string)).toBeGreaterThan(Date.now() + 3_600_000);
    const { name, id } = endpoint;
    await bench.one.put(`/api/notifications/endpoints/${id}`, { name, version: 1, ...ANOMALIES });
    await dueNow(endpoint);
    await eventually(() => bench.told('digest').length === 1);
    expect(bench.told('digest')[0].data.count).toBe(2);
  }, 30_000);

  it('are told to Slack as a list', async () => {
    await bench.add({ ...ANOMALIES, kind: 'slack', secrets: {}, digest: DIGEST });
    await alerts('slack', 'A', 'B');
    await eventually(() => bench.receiver.requests.length === 1);
    const { text, blocks } = JSON.parse(bench.receiver.requests[0].body);
    expect(text).toMatch(/^Digest \(medium\): 2 notices of incident \d+: 2 × anomaly detected$/);
    expect(blocks[2].text.text.split('\n')).toEqual([
      expect.stringMatching(/^• Anomaly detected \(medium\): /),
      expect.stringMatching(/^• Anomaly detected \(medium\): /),
    ]);
  }, 30_000);

  it('stay while their endpoint is off, and are given up after a day', async () => {
    const endpoint = await bench.add({ ...ANOMALIES, digest: { ...DIGEST, wait_seconds: 600 } });
    const { name, id } = endpoint;
    await bench.report();
    await gatheredBy(endpoint, 1);
    await bench.one.put(`/api/notifications/endpoints/${id}`, { name, version: 1, is_enabled: false });
    await dueNow(endpoint);
    await bench.settled();
    await gatheredBy(endpoint, 1);
    await bench.database.query(
      'UPDATE notification_deliveries SET give_up_at = now() WHERE endpoint_id = $1',
      [id],
    );
    await eventually(async () => (await bench.deliveriesOf(endpoint))[0].state === 'failed');
    expect((await bench.one.get('/metrics')).text + (await bench.two.get('/metrics')).text).toMatch(
      /^notification_deliveries_total\{kind="webhook",outcome="expired"\} [1-9]/m,
    );
  }, 30_000);

  it.each([
    ['nothing to group by', { group_by: [] }],
    ['the incident and a label', { group_by: ['incident', 'service'] }],
    ['a wait without end', { group_by: ['service'], wait_seconds: 3_601 }],
    ['no interval', { group_by: ['service'], interval_seconds: 0 }],
    ['something unknown', { group_by: ['service'], wait: 3 }],
  ])('are not set up with %s', async (_, digest) => {
    await expect(bench.add({ digest })).rejects.toThrow('digest must be an object with group_by');
  });

  it('are each told once where several processes tell them and some are killed', async () => {
    // Of its own, so that nobody else tells.
    const own = await createTestDatabase();
    const secrets = {
      JWT_SECRET: 'a-signing-key-of-the-tests-that-is-long-enough',
      SECRETS_KEY: 'a-key-of-the-tests-for-secrets-that-is-long-enough',
    };
    const startWorker = () => ServerProcess.start({ DATABASE_URL: own.url, NODE_ROLE: 'worker', ...secrets });
    const api = await TestApp.start({ NODE_ROLE: 'api', ...secrets }, own);
    const receiver = await RecordingTarget.start();
    const workers = await Promise.all([startWorker(), startWorker()]);
    const dead: string[] = [];
    const kill = async (worker: ServerProcess): Promise<void> => {
      await worker.kill();
      dead.push(`${hostname()}/${worker.child.pid}`);
    };
    try {
      await api.post('/api/admin/egress', { url: receiver.origin, allow_private: true });
      const digest = { group_by: ['incident'], wait_seconds: 1, interval_seconds: 1 };
      await api.post(
        '/api/notifications/endpoints',
        webhookMembers(receiver, 'digests', { ...ANOMALIES, digest }),
      );
      const burst = (round: number) =>
        api.post(
          '/api/v2/alerts',
          Array.from({ length: 60 }, (_, index) => ({
            labels: { alertname: `A${round}-${index}`, service: `s${index % 6}`, severity: 'warning' },
          })),
        );
      await burst(0);
      await eventually(() => receiver.requests.length > 0, Boolean, 30_000);
      await burst(1);
      await kill(workers[0]);
      await burst(2);
      workers[0] = await startWorker();
      await kill(workers[1]);
      // What the dead were sending is sent again at once, and not after half a minute.
      await eventually(
        async () => {
          await own.query(
            `UPDATE notification_deliveries SET lease_until = now() WHERE state = 'sending' AND worker = ANY ($1)`,
            [dead],
          );
          const [{ told, left }] = await own.query<{ told: string; left: string }>(
            `SELECT count(*) FILTER (WHERE type = 'anomaly_detected') AS told, count(*) FILTER (WHERE ended_at IS NULL) AS left
             FROM notification_deliveries`,
          );
          return Number(told) === 180 && Number(left) === 0;
        },
        Boolean,
        60_000,
      );
      const ids = messagesOf(receiver).flatMap(({ type, data }) =>
        type === 'digest' ? data.notices.map((notice: any) => notice.data.anomaly_id) : [data.anomaly_id],
      );
      expect(ids).toHaveLength(180);
      expect(new Set(ids).size).toBe(180);
      expect(messagesOf(receiver).length).toBeLessThan(100);
    } finally {
      for (const worker of workers) await worker.stop();
      await api.stop();
      await receiver.stop();
      await own.drop();
    }
  }, 180_000);
});
