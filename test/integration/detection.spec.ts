import { Client } from 'pg';

import { ServerProcess } from '../support/server-process';
import { eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

/** A gently noisy series with a fault from `faultAt` to `faultEnd`, the same at every call. */
function valueAt(second: number, faultAt: number, faultEnd: number): number {
  const noise = Math.sin(second * 12.9898) * 43758.5453;
  const ordinary = 20 + 4 * (noise - Math.floor(noise));
  return second >= faultAt && second < faultEnd ? ordinary + 100 : ordinary;
}

const SECONDS = 600;
const FAULT_AT = 300;
const FAULT_END = 380;

/** Sends the series in order, a batch of ten seconds at a time; `between` may kill and restart the server. */
async function sendSeries(
  server: () => ServerProcess,
  startMs: number,
  between: (second: number) => Promise<void> = async () => undefined,
): Promise<void> {
  for (let second = 0; second < SECONDS; second += 10) {
    const samples = Array.from({ length: 10 }, (_, i) => ({
      name: 'latency_ms',
      labels: { service: 'shop' },
      value: valueAt(second + i, FAULT_AT, FAULT_END),
      timestamp: startMs + (second + i) * 1_000,
    }));
    const { status } = await server().fetch('/api/telemetry/samples', { method: 'POST', body: { samples } });
    expect(status).toBe(201);
    await between(second);
  }
}

const scored = async (server: ServerProcess) => {
  const { series } = (await server.fetch('/api/telemetry/series?name=latency_ms')).body.data;
  const { detector } = (await server.fetch(`/api/ml/detectors/${series[0].id}`)).body.data;
  return detector;
};
const allScored = (server: ServerProcess) =>
  eventually(
    () => scored(server),
    ({ readiness }) => readiness.have === SECONDS,
    30_000,
  );
const anomalies = async (server: ServerProcess) =>
  (await server.fetch('/api/anomalies?order=asc')).body.data.anomalies;

describe('detection', () => {
  let quietDatabase: TestDatabase;
  let crashDatabase: TestDatabase;
  beforeAll(async () => {
    [quietDatabase, crashDatabase] = [await createTestDatabase(), await createTestDatabase()];
  });
  afterAll(async () => {
    await quietDatabase.drop();
    await crashDatabase.drop();
  });

  const stateIn = async (database: TestDatabase) =>
    (await database.query<{ state: Buffer }>('SELECT state FROM detectors'))[0].state;

  it('opens one anomaly for a fault, extends it, and resolves it after it ends; and kill -9 changes nothing of it', async () => {
    const startMs = Date.now() - 3_600_000;
    const undisturbed = await ServerProcess.start({ DATABASE_URL: quietDatabase.url });
    await sendSeries(() => undisturbed, startMs);
    await allScored(undisturbed);
    const expected = await eventually(
      () => anomalies(undisturbed),
      (list) => list.length === 1 && list[0].status === 'resolved',
    );

    const [anomaly] = expected;
    const at = (iso: string) => (Date.parse(iso) - startMs) / 1_000;
    expect(anomaly).toMatchObject({
      source: 'ml_model',
      metric: { series: 'latency_ms{service="shop"}', labels: { service: 'shop' }, tier: 'full' },
      resolved_by: 'system',
    });
    expect(at(anomaly.onset_at)).toBeGreaterThanOrEqual(FAULT_AT - 5);
    expect(at(anomaly.onset_at)).toBeLessThan(FAULT_AT + 30);
    expect(at(anomaly.last_seen_at)).toBeGreaterThan(FAULT_END - 20);
    expect(anomaly.metric.peak_value).toBeGreaterThan(100);
    expect(anomaly.metric.usual_upper).toBeLessThan(40);
    expect(anomaly.metric.statistics.length).toBeGreaterThan(0);
    expect(await undisturbed.stop()).toBe(0);

    // The same samples, with the process killed while learning, in the fault, and after it.
    let server = await ServerProcess.start({ DATABASE_URL: crashDatabase.url });
    await sendSeries(
      () => server,
      startMs,
      async (second) => {
        if (![90, 330, 370, 500].includes(second)) return;
        await server.kill();
        server = await ServerProcess.start({ DATABASE_URL: crashDatabase.url });
      },
    );
    await allScored(server);
    const survived = await eventually(
      () => anomalies(server),
      (list) => list.length === 1 && list[0].status === 'resolved',
    );
    const facts = ({
      title,
      onset_at,
      last_seen_at,
      anomaly_score,
      severity,
      metric,
    }: Record<string, unknown>) => ({ title, onset_at, last_seen_at, anomaly_score, severity, metric });
    expect(survived.map(facts)).toEqual(expected.map(facts));
    expect(await server.stop()).toBe(0);
    expect((await stateIn(crashDatabase)).equals(await stateIn(quietDatabase))).toBe(true);
  }, 120_000);

  it('takes settings at once, scores nothing while paused, and says why it is not ready', async () => {
    const database = await createTestDatabase();
    const server = await ServerProcess.start({ DATABASE_URL: database.url });
    const send = (value: number) =>
      server.fetch('/api/telemetry/samples', {
        method: 'POST',
        body: { samples: [{ name: 'latency_ms', value }] },
      });
    await send(1);
    const detector = await eventually(
      () => scored(server),
      ({ readiness }) => readiness.have === 1,
    );
    expect(detector.readiness).toMatchObject({
      ready: false,
      need: 120,
      reason: expect.stringContaining('119 more values'),
    });
    const path = `/api/ml/detectors/${detector.series_id}`;
    expect(
      (await server.fetch(path, { method: 'PUT', body: { preset: 'sensitive', strict_windows: true } })).body
        .data.detector,
    ).toMatchObject({ preset: 'sensitive', strict_windows: true });
    expect((await server.fetch(`${path}/pause`, { method: 'POST' })).body.data.detector.is_paused).toBe(true);
    await send(2);
    await send(3);
    expect((await server.fetch(`${path}/resume`, { method: 'POST' })).body.data.detector.is_paused).toBe(
      false,
    );
    await send(4);
    await eventually(
      () => scored(server),
      ({ readiness }) => readiness.have >= 2,
    );
    expect((await scored(server)).last_score.value).toBe(4);
    expect((await server.fetch(path, { method: 'PUT', body: { preset: 'loud' } })).status).toBe(400);
    await server.stop();
    await database.drop();
  }, 60_000);

  it('tells at /metrics how long stored samples wait to be scored, and only where they are scored', async () => {
    const database = await createTestDatabase();
    const server = await TestApp.start({}, database);
    const other = await TestApp.start({ NODE_ROLE: 'api' }, database);
    const writer = new Client({ connectionString: database.url });
    await writer.connect();
    const lagOn = async (app: TestApp) => {
      const found = /^detection_lag_seconds (.+)$/m.exec((await app.get('/metrics')).text);
      return found === null ? null : Number(found[1]);
    };
    try {
      await eventually(
        () => lagOn(server),
        (lag) => lag === 0,
      );
      expect(await lagOn(other)).toBeNull();
      // What a transaction may still commit comes before what was committed after it began, so detection waits for its end.
      await writer.query('BEGIN');
      await writer.query('SELECT pg_current_xact_id()');
      await server.post('/api/telemetry/samples', { samples: [{ name: 'depth', value: 1 }] });
      const first = await eventually(
        () => lagOn(server),
        (lag) => lag !== null && lag > 0,
      );
      expect(await lagOn(server)).toBeGreaterThan(first ?? Infinity);
      await writer.query('ROLLBACK');
      await eventually(
        () => lagOn(server),
        (lag) => lag === 0,
      );
    } finally {
      await writer.end();
      await other.stop();
      await server.stop();
      await database.drop();
    }
  }, 60_000);
});
