import { AlertAnomalies } from '../../src/anomaly/alerts/alert-anomalies.service';
import { IncidentRetentionRepository } from '../../src/anomaly/incidents/incident-retention.repository';
import { Database } from '../../src/database/database';
import { AlertChangeRepository } from '../../src/telemetry/alerts/alert-change.repository';
import { AlertIntake } from '../../src/telemetry/alerts/alert-intake.service';
import type { AlertSignal } from '../../src/telemetry/alerts/alert-signal';
import { eventually, TestApp } from '../support/test-app';

const WEBHOOK = { source: 'webhook', integrationId: 7 };
const MINUTE = 60_000;

interface AnomalyRow {
  id: number;
  status: string;
  incident_id: number | null;
  alert_id: number | null;
  resolution: string | null;
}

describe('alerts as anomalies', () => {
  let first: TestApp;
  let second: TestApp;
  let intake: AlertIntake;

  beforeAll(async () => {
    first = await TestApp.start();
    second = await TestApp.start({}, first.database);
    intake = first.app.get(AlertIntake);
  });
  afterAll(async () => {
    await second.stop();
    await first.stop();
  });

  const signal = (labels: Record<string, string>, told: Partial<AlertSignal> = {}): AlertSignal => ({
    labels,
    annotations: {},
    status: 'firing',
    startsAtMs: null,
    endsAtMs: null,
    generatorUrl: null,
    values: null,
    ...told,
  });
  const anomaliesOf = (service: string): Promise<AnomalyRow[]> =>
    first.database.query(
      `SELECT id::int, status, incident_id::int, alert_id::int, resolution FROM anomalies WHERE labels ->> 'service' = $1 ORDER BY id`,
      [service],
    );
  const incidentsOf = (service: string): Promise<Record<string, unknown>[]> =>
    first.database.query(`SELECT * FROM incidents WHERE group_labels ->> 'service' = $1 ORDER BY id`, [
      service,
    ]);
  const settled = (service: string, statuses: readonly string[]) =>
    eventually(
      () => anomaliesOf(service),
      (rows) => JSON.stringify(rows.map(({ status }) => status)) === JSON.stringify(statuses),
    );
  const fire = (service: string, alertname: string, agoMs = 0) =>
    intake.receive([signal({ service, alertname }, { startsAtMs: Date.now() - agoMs })], WEBHOOK);
  const end = (service: string, alertname: string) =>
    intake.receive([signal({ service, alertname }, { status: 'resolved', endsAtMs: Date.now() })], WEBHOOK);

  it('open when they fire and are resolved when they end, and so is their incident', async () => {
    await fire('cart', 'Down', MINUTE);
    await settled('cart', ['open']);
    await end('cart', 'Down');
    const [anomaly] = await settled('cart', ['resolved']);
    expect(anomaly.resolution).toBe('The alert was resolved by its sender');
    expect(await incidentsOf('cart')).toMatchObject([{ status: 'resolved', resolved_by: 'system' }]);
    const history = await first.get(`/api/anomalies/${anomaly.id}/history`);
    expect(history.body.data.history.map(({ event }: { event: string }) => event)).toEqual([
      'resolved',
      'opened',
    ]);
  });

  it('have one anomaly an episode, however often they are handed over', async () => {
    await fire('twice', 'Down');
    await settled('twice', ['open']);
    const [alert] = await first.database.query<{ id: number; identity: string }>(
      `SELECT id::int, identity FROM alerts WHERE labels ->> 'service' = 'twice'`,
    );
    const [row] = (await first.app.get(AlertChangeRepository).readAfter({ xact: '0', id: 0 }, 1_000)).filter(
      (change) => change.alert.identity === alert.identity,
    );
    const consumer = first.app.get(AlertAnomalies);
    await consumer.consume([row]);
    await consumer.consume([row]);
    await settled('twice', ['open']);
    expect(await incidentsOf('twice')).toMatchObject([{ anomaly_count: 1 }]);
  });

  it('that a person closed stay closed until they have been over and fire again', async () => {
    await fire('closed', 'Down', 3 * MINUTE);
    const [anomaly] = await settled('closed', ['open']);
    await first.post(`/api/anomalies/${anomaly.id}/dismiss`);
    await fire('closed', 'Down', 3 * MINUTE);
    await intake.receive(
      [
        signal(
          { service: 'closed', alertname: 'Down' },
          { status: 'resolved', startsAtMs: Date.now() - 3 * MINUTE, endsAtMs: Date.now() - MINUTE },
        ),
      ],
      WEBHOOK,
    );
    await fire('closed', 'Down', 1_000);
    await settled('closed', ['dismissed', 'open']);
  });

  it('that a person reopened have no second anomaly when they fire again', async () => {
    await intake.receive(
      [
        signal({ service: 'reopened', alertname: 'Down' }, { startsAtMs: Date.now() - 9 * MINUTE }),
        signal(
          { service: 'reopened', alertname: 'Down' },
          { status: 'resolved', startsAtMs: Date.now() - 9 * MINUTE, endsAtMs: Date.now() - 5 * MINUTE },
        ),
      ],
      WEBHOOK,
    );
    const [{ id, alert_id }] = await settled('reopened', ['resolved']);
    await first.post(`/api/anomalies/${id}/reopen`);
    expect(await incidentsOf('reopened')).toMatchObject([{ status: 'open', resolved_at: null }]);
    await fire('reopened', 'Down', MINUTE);
    await eventually(
      () => anomaliesOf('reopened'),
      ([row, ...others]) => row.alert_id !== alert_id && others.length === 0,
    );
    await end('reopened', 'Down');
    await settled('reopened', ['resolved']);
    expect(await incidentsOf('reopened')).toMatchObject([{ status: 'resolved' }]);
  });

  describe('meet in incidents', () => {
    it('that go on while one of their members does', async () => {
      await fire('shop', 'A', MINUTE);
      await fire('shop', 'B', MINUTE);
      await settled('shop', ['open', 'open']);
      await end('shop', 'A');
      await settled('shop', ['resolved', 'open']);
      expect(await incidentsOf('shop')).toMatchObject([{ status: 'open', anomaly_count: 2 }]);
      await end('shop', 'B');
      await settled('shop', ['resolved', 'resolved']);
      const [incident, ...others] = await incidentsOf('shop');
      expect(others).toEqual([]);
      expect(incident).toMatchObject({ status: 'resolved' });
    });

    it('of which a resolved one is reopened within its window, and left alone after it', async () => {
      await fire('again', 'A', MINUTE);
      await settled('again', ['open']);
      await end('again', 'A');
      await settled('again', ['resolved']);
      await fire('again', 'B', 1_000);
      await settled('again', ['resolved', 'open']);
      expect(await incidentsOf('again')).toMatchObject([{ status: 'open', anomaly_count: 2 }]);
      await end('again', 'B');
      await settled('again', ['resolved', 'resolved']);
      await first.database.query(
        `UPDATE incidents SET resolved_at = now() - interval '901 seconds' WHERE group_labels ->> 'service' = 'again'`,
      );
      await fire('again', 'C');
      await settled('again', ['resolved', 'resolved', 'open']);
      expect((await incidentsOf('again')).map(({ status }) => status)).toEqual(['resolved', 'open']);
    });

    it('that have been quiet for the window take nothing in any more', async () => {
      await fire('quiet', 'A');
      await settled('quiet', ['open']);
      await first.database.query(
        `UPDATE incidents SET last_activity_at = now() - interval '601 seconds' WHERE group_labels ->> 'service' = 'quiet'`,
      );
      await fire('quiet', 'B');
      await settled('quiet', ['open', 'open']);
      expect((await incidentsOf('quiet')).map(({ status }) => status)).toEqual(['open', 'open']);
    });

    it('that stand for a storm: 5,000 alerts of 20 services told to two processes are 20 incidents', async () => {
      const storm = Array.from({ length: 5_000 }, (_, index) =>
        signal({
          alertname: `Alert${index % 50}`,
          service: `storm-${index % 20}`,
          instance: `host-${index}`,
          severity: index % 100 === 0 ? 'critical' : 'warning',
        }),
      );
      await Promise.all(
        Array.from({ length: 10 }, (_, part) =>
          (part % 2 === 0 ? first : second).app
            .get(AlertIntake)
            .receive(storm.slice(part * 500, (part + 1) * 500), WEBHOOK),
        ),
      );
      const counted = await eventually(
        async () =>
          (
            await first.database.query<{ anomalies: number; incidents: number; told: number }>(
              `SELECT count(*)::int AS anomalies, count(DISTINCT incident_id)::int AS incidents,
                 (SELECT sum(anomaly_count)::int FROM incidents WHERE group_labels ->> 'service' LIKE 'storm-%') AS told
               FROM anomalies WHERE labels ->> 'service' LIKE 'storm-%'`,
            )
          )[0],
        ({ anomalies }) => anomalies >= 5_000,
        60_000,
      );
      expect(counted).toEqual({ anomalies: 5_000, incidents: 20, told: 5_000 });
      const [incident] = await incidentsOf('storm-0');
      expect(incident).toMatchObject({ severity: 'critical', status: 'open' });

      const resolved = await first.post(`/api/incidents/${String(incident.id)}/resolve`, {
        resolution: 'The switch was replaced',
      });
      expect(resolved.body.data.incident).toMatchObject({ status: 'resolved', resolved_by: 'admin' });
      expect(
        new Set((await anomaliesOf('storm-0')).map(({ status, resolution }) => `${status}: ${resolution}`)),
      ).toEqual(new Set(['resolved: The switch was replaced']));
    }, 120_000);
  });
});

describe('more incidents than anybody can look at', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start({ INCIDENTS_A_MINUTE: '5' });
  });
  afterAll(() => server.stop());

  const tell = (told: readonly Record<string, string>[]) =>
    server.app.get(AlertIntake).receive(
      told.map((labels) => ({
        labels,
        annotations: {},
        status: 'firing' as const,
        startsAtMs: null,
        endsAtMs: null,
        generatorUrl: null,
        values: null,
      })),
      WEBHOOK,
    );
  const incidents = () =>
    server.database.query<{
      id: number;
      group_key: string;
      title: string;
      anomaly_count: number;
      groups: number;
    }>(
      `SELECT id::int, group_key, title, anomaly_count::int, (SELECT count(*)::int FROM incident_groups WHERE incident_id = incidents.id) AS groups
       FROM incidents ORDER BY id`,
    );
  const count = async (): Promise<number> =>
    (await incidents()).reduce((sum, { anomaly_count }) => sum + anomaly_count, 0);
  const isTold = (expected: number) => eventually(count, (told) => told === expected, 60_000);

  it('are one, the storm, beside so many a minute', async () => {
    await tell(
      Array.from({ length: 400 }, (_, index) => ({ alertname: `A${index % 2}`, service: `s${index % 200}` })),
    );
    await isTold(200);
    const found = await incidents();
    expect(found).toHaveLength(6);
    expect(found.at(-1)).toMatchObject({
      group_key: 'storm',
      title: 'Storm: more than 5 incidents within a minute',
      anomaly_count: 195,
      groups: 195,
    });
  });

  it('take their groups with them while they last, a minute later, too', async () => {
    await server.database.query(`UPDATE incidents SET opened_at = opened_at - interval '2 minutes'`);
    await tell([
      { alertname: 'B', service: 's199' },
      { alertname: 'B', service: 'new' },
    ]);
    await isTold(202);
    const found = await incidents();
    expect(found).toHaveLength(7);
    expect(found[5]).toMatchObject({ group_key: 'storm', anomaly_count: 196 });
    const [{ incident_reason }] = await server.database.query<{ incident_reason: string }>(
      `SELECT incident_reason FROM anomalies WHERE labels ->> 'service' = 's199' ORDER BY id DESC LIMIT 1`,
    );
    expect(incident_reason).toBe('same service=s199, which is part of the storm');
  });

  it('leave each alert one anomaly, however often it is told', async () => {
    const fingerprints = Array.from({ length: 50 }, (_, index) => ({ alertname: `Flood${index}` }));
    for (let turn = 0; turn < 10; turn += 1) await tell([...fingerprints, ...fingerprints]);
    await isTold(252);
    expect((await incidents()).length).toBeLessThanOrEqual(7 + 5);
  });

  it('go with their groups when they have had their time', async () => {
    const [, , , , , storm] = await incidents();
    expect((await server.post(`/api/incidents/${storm.id}/resolve`)).status).toBe(200);
    await server.database.query(
      `UPDATE anomalies SET incident_id = NULL, incident_reason = NULL WHERE incident_id = ${storm.id}`,
    );
    await server.database.query(
      `UPDATE incidents SET resolved_at = now() - interval '400 days' WHERE id = ${storm.id}`,
    );
    await server.app
      .get(Database)
      .run(() => server.app.get(IncidentRetentionRepository).purge(365, 10, null));
    expect((await incidents()).map(({ id }) => id)).not.toContain(storm.id);
    expect(
      await server.database.query(`SELECT FROM incident_groups WHERE incident_id = ${storm.id}`),
    ).toEqual([]);
  });
});
