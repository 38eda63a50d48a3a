import { NotificationBench } from '../support/notification-bench';
import { eventually } from '../support/test-app';

const FOUR_HOURS = 14_400;

describe('notifications of what goes on', () => {
  let bench: NotificationBench;

  beforeAll(async () => {
    bench = await NotificationBench.start();
  }, 60_000);
  afterAll(() => bench.stop());
  beforeEach(() => bench.openReceiver());
  afterEach(() => bench.closeReceiver());

  const add = (more: object = {}) =>
    bench.add({ events: ['anomaly_detected'], repeat_interval_seconds: FOUR_HOURS, ...more });
  const told = () => bench.told().map(({ data }) => [data.anomaly_id, data.repeat ?? 0]);
  const delivered = (endpoint: { id: number }, count: number) =>
    eventually(async () => {
      const states = (await bench.deliveriesOf(endpoint)).map(({ state }) => state);
      return states.length === count && states.every((state) => state === 'delivered');
    });
  /** As if so many seconds had gone by since. */
  const goBy = async ({ id }: { id: number }, seconds: number) => {
    await bench.database.query(
      `UPDATE notification_deliveries SET ended_at = ended_at - make_interval(secs => $2) WHERE endpoint_id = $1`,
      [id, seconds],
    );
    await bench.database.query(
      `UPDATE notification_repeats SET due_at = due_at - make_interval(secs => $2) WHERE endpoint_id = $1`,
      [id, seconds],
    );
  };
  const repeatsOf = ({ id }: { id: number }): Promise<{ subject_id: string; due_at: Date }[]> =>
    bench.database.query('SELECT subject_id, due_at FROM notification_repeats WHERE endpoint_id = $1', [id]);
  const isForgotten = (endpoint: { id: number }) =>
    eventually(async () => (await repeatsOf(endpoint)).length === 0);
  const isPostponed = (endpoint: { id: number }) =>
    eventually(async () => (await repeatsOf(endpoint))[0].due_at > new Date());

  it('come again as often as is stated, and say how often they came', async () => {
    const endpoint = await add();
    expect(endpoint.repeat_interval_seconds).toBe(FOUR_HOURS);
    const id = await bench.report();
    await delivered(endpoint, 1);
    await goBy(endpoint, FOUR_HOURS - 60);
    await bench.settled();
    expect(told()).toEqual([[id, 0]]);
    await goBy(endpoint, 60);
    await eventually(() => told().length === 2);
    expect(told()[1]).toEqual([id, 1]);
  }, 30_000);

  it('come once each time, whatever the number of processes', async () => {
    const endpoint = await add();
    const ids = await Promise.all(Array.from({ length: 30 }, () => bench.report()));
    await delivered(endpoint, 30);
    for (const [round, count] of [
      [1, 60],
      [2, 90],
    ]) {
      await goBy(endpoint, FOUR_HOURS);
      await delivered(endpoint, count);
      const again = bench.told().filter(({ data }) => data.repeat === round);
      expect(again.map(({ data }) => data.anomaly_id).sort()).toEqual([...ids].sort());
      expect(again.every(({ data }) => data.is_repeat)).toBe(true);
    }
    expect(bench.receiver.requests).toHaveLength(90);
  }, 60_000);

  it.each(['acknowledge', 'resolve', 'dismiss'])(
    'do not come again after somebody did %s',
    async (verb) => {
      const endpoint = await add();
      const id = await bench.report();
      await delivered(endpoint, 1);
      await bench.one.post(`/api/anomalies/${id}/${verb}`, {});
      await goBy(endpoint, FOUR_HOURS);
      await isForgotten(endpoint);
      expect(told()).toEqual([[id, 0]]);
    },
    30_000,
  );

  it('do not come while something keeps it quiet, and do once nothing does', async () => {
    const endpoint = await add();
    const id = await bench.report();
    await delivered(endpoint, 1);
    const keepQuiet = (by: object | null) =>
      bench.database.query('UPDATE anomalies SET suppressed_by = $2 WHERE id = $1', [id, by]);
    await keepQuiet({ kind: 'silence', id: 'x', name: 'x' });
    await goBy(endpoint, FOUR_HOURS);
    await isPostponed(endpoint);
    expect(told()).toEqual([[id, 0]]);
    await keepQuiet(null);
    await goBy(endpoint, 60);
    await delivered(endpoint, 2);
    expect(told()).toEqual([
      [id, 0],
      [id, 1],
    ]);
  }, 30_000);

  it('do not pile up in quiet hours, or for an endpoint that cannot be reached', async () => {
    const endpoint = await add();
    bench.receiver.answer = (_, response) => response.writeHead(503).end();
    await bench.report();
    await eventually(() => bench.receiver.requests.length === 1);
    await goBy(endpoint, FOUR_HOURS);
    await isPostponed(endpoint);
    expect(await bench.deliveriesOf(endpoint)).toHaveLength(1);
    bench.receiver.answer = (_, response) => response.end();
    await bench.database.query('UPDATE notification_deliveries SET due_at = now() WHERE endpoint_id = $1', [
      endpoint.id,
    ]);
    await delivered(endpoint, 1);
    const { name, id } = endpoint;
    const quiet_hours = {
      start_time: new Date(Date.now() - 6 * 3_600_000).toISOString().slice(11, 16),
      duration_minutes: 1_000,
      time_zone: 'UTC',
    };
    const changed = await bench.one.put(`/api/notifications/endpoints/${id}`, {
      name,
      version: 1,
      repeat_interval_seconds: FOUR_HOURS,
      quiet_hours,
    });
    expect(changed.status).toBe(200);
    await goBy(endpoint, FOUR_HOURS);
    const [{ due_at }] = await eventually(
      () => repeatsOf(endpoint),
      ([repeat]) => repeat.due_at.getTime() > Date.now() + 3_600_000,
    );
    expect(due_at.getTime()).toBeLessThan(Date.now() + 12 * 3_600_000);
    expect(await bench.deliveriesOf(endpoint)).toHaveLength(1);
  }, 30_000);

  it('come of incidents, until they are acknowledged', async () => {
    const endpoint = await add({ events: ['incident_opened', 'incident_resolved', 'anomaly_detected'] });
    await bench.fire({ alertname: 'Down', service: 'goeson' });
    const { id } = await bench.incidentOf('goeson');
    await delivered(endpoint, 1);
    await goBy(endpoint, FOUR_HOURS);
    await delivered(endpoint, 2);
    expect(bench.told().map(({ type, data }) => [type, data.incident_id, data.repeat ?? 0])).toEqual([
      ['incident_opened', id, 0],
      ['incident_opened', id, 1],
    ]);
    await bench.one.post(`/api/incidents/${id}/acknowledge`);
    await goBy(endpoint, FOUR_HOURS);
    await isForgotten(endpoint);
    await bench.one.post(`/api/incidents/${id}/resolve`, {});
    await eventually(() => bench.told('incident_resolved').length === 1);
  }, 30_000);

  it('do not come where the endpoint does not ask for it any more', async () => {
    const endpoint = await add();
    await bench.report();
    await delivered(endpoint, 1);
    const { name, id } = endpoint;
    await bench.one.put(`/api/notifications/endpoints/${id}`, { name, version: 1 });
    await goBy(endpoint, FOUR_HOURS);
    await isForgotten(endpoint);
    expect(bench.told()).toHaveLength(1);
  }, 30_000);
});
