import { eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const URL = '/api/heartbeats';

describe('heartbeats', () => {
  let database: TestDatabase;
  let server: TestApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await TestApp.start({}, database);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const add = async (name: string, settings: object = {}): Promise<number> => {
    const { status, body, text } = await server.post(URL, { name, interval_seconds: 60, ...settings });
    if (status !== 201) throw new Error(text);
    return body.data.heartbeat.id as number;
  };
  const read = async (id: number): Promise<any> => (await server.get(`${URL}/${id}`)).body.data.heartbeat;
  /** As if so much time had passed. */
  const elapse = (id: number, seconds: number): Promise<object[]> =>
    database.query(
      'UPDATE heartbeats SET waiting_since = waiting_since - make_interval(secs => $2) WHERE id = $1',
      [id, seconds],
    );
  const alertsOf = (name: string): Promise<{ status: string; labels: any }[]> =>
    database.query(
      "SELECT status, labels FROM alerts WHERE labels ->> 'heartbeat' = $1 AND labels ->> 'alertname' = 'HeartbeatMissed' ORDER BY id",
      [name],
    );

  it('alert once where one does not come in time, and no more when one does', async () => {
    const id = await add('backup', { grace_seconds: 30, labels: { team: 'data' } });
    expect(await read(id)).toMatchObject({ status: 'waiting', last_beat_at: null });
    expect((await server.post(`${URL}/backup/beat`)).body.data.heartbeat.status).toBe('alive');
    await elapse(id, 85);
    expect((await read(id)).status).toBe('alive');
    await elapse(id, 10);
    const fired = await eventually(
      () => alertsOf('backup'),
      (alerts) => alerts.length > 0,
    );
    expect(fired).toMatchObject([{ status: 'firing', labels: { team: 'data', severity: 'critical' } }]);
    expect((await read(id)).status).toBe('missed');
    for (let n = 0; n < 2; n += 1) expect((await server.post(`${URL}/backup/beat`)).status).toBe(200);
    expect(await alertsOf('backup')).toMatchObject([{ status: 'resolved' }]);
    await elapse(id, 95);
    expect(
      await eventually(
        () => alertsOf('backup'),
        (alerts) => alerts.length === 2,
      ),
    ).toMatchObject([{ status: 'resolved' }, { status: 'firing' }]);
  });

  it('alert for one that never came, and for one that was missed while nobody watched', async () => {
    const id = await add('never');
    await server.stop();
    await elapse(id, 70);
    server = await TestApp.start({}, database);
    expect(
      await eventually(
        () => alertsOf('never'),
        (alerts) => alerts.length > 0,
      ),
    ).toMatchObject([{ status: 'firing' }]);
  });

  it('are watched by one process, although two run', async () => {
    const other = await TestApp.start({}, database);
    try {
      const id = await add('two');
      await elapse(id, 70);
      await eventually(
        () => alertsOf('two'),
        (alerts) => alerts.length > 0,
      );
      expect((await other.post(`${URL}/two/beat`)).status).toBe(200);
      expect(await alertsOf('two')).toMatchObject([{ status: 'resolved' }]);
    } finally {
      await other.stop();
    }
  });

  it('are waited for anew when they are changed, and no more when switched off or removed', async () => {
    const id = await add('changed');
    await elapse(id, 70);
    await eventually(
      () => alertsOf('changed'),
      (alerts) => alerts.length > 0,
    );
    expect(
      (await server.put(`${URL}/${id}`, { severity: 'warning' })).body.data.heartbeat.missed_at,
    ).toBeNull();
    expect(await alertsOf('changed')).toMatchObject([{ status: 'resolved' }]);
    await server.put(`${URL}/${id}`, { is_enabled: false });
    await elapse(id, 700);
    expect((await read(id)).status).toBe('disabled');
    expect((await server.delete(`${URL}/${id}`)).status).toBe(200);
    expect((await server.post(`${URL}/changed/beat`)).status).toBe(404);
    const actions = await database.query<{ action: string }>(
      "SELECT action FROM audit_log WHERE subject_type = 'heartbeat' AND subject_id = $1 ORDER BY id",
      [String(id)],
    );
    expect(actions.map(({ action }) => action)).toEqual([
      'heartbeat.created',
      'heartbeat.updated',
      'heartbeat.updated',
      'heartbeat.deleted',
    ]);
  });

  it.each([
    [{ name: 'a b', interval_seconds: 60 }, 400],
    [{ name: 'quick', interval_seconds: 1 }, 400],
    [{ name: 'odd', interval_seconds: 60, labels: { team: 7 } }, 400],
    [{ name: 'backup', interval_seconds: 60 }, 409],
  ])('refuse %j', async (order, status) => {
    expect((await server.post(URL, order)).status).toBe(status);
  });

  it('may be told by whoever may send alerts, and by nobody else', async () => {
    await add('told');
    const beat = async (token: string | null): Promise<number> =>
      (await server.post(`${URL}/told/beat`, undefined, { token })).status;
    expect(await beat(null)).toBe(401);
    expect(await beat(await server.tokenOf('viewer'))).toBe(403);
    expect(await beat(await server.tokenOf('operator'))).toBe(200);
    expect((await server.post(`${URL}/nobody/beat`)).status).toBe(404);
    expect((await server.post(`${URL}/..%2f/beat`)).status).toBe(400);
  });
});
