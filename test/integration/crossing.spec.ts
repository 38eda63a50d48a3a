import { Client } from 'pg';

import { FindingsService } from '../../src/anomaly/findings.service';
import { Database } from '../../src/database/database';
import type { Finding } from '../../src/ml/ml.types';
import { AlertIntake } from '../../src/telemetry/alerts/alert-intake.service';
import type { AlertSignal } from '../../src/telemetry/alerts/alert-signal';
import { findingOf } from '../support/finding';
import { eventually, TestApp } from '../support/test-app';

const WEBHOOK = { source: 'webhook', integrationId: 7 };

interface Row {
  id: number;
  status: string;
  incident_id: number;
}

describe('people and machines at the same incident', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const rowsOf = (service: string): Promise<Row[]> =>
    server.database.query(
      `SELECT id::int, status, incident_id::int FROM anomalies WHERE labels ->> 'service' = $1 ORDER BY id`,
      [service],
    );

  describe('that take its rows in different orders', () => {
    const finding = (seriesId: number, kind: 'opened' | 'ended') =>
      findingOf({ seriesId, kind, service: 'crossed' });
    const apply = (...findings: Finding[]) =>
      server.app.get(Database).run(() => server.app.get(FindingsService).apply(findings));
    const waiting = async (): Promise<number> =>
      (
        await server.database.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM incidents%'`,
        )
      ).length;

    it('have no error of it: who lost does it again', async () => {
      await apply(finding(801, 'opened'), finding(802, 'opened'));
      const [first, second] = await rowsOf('crossed');
      const repeated = server.app.get(Database).repeatedCount;
      const holder = new Client({ connectionString: server.database.url });
      await holder.connect();
      try {
        await holder.query('BEGIN');
        await holder.query('SELECT FROM incidents WHERE id = $1 FOR UPDATE', [first.incident_id]);
        // Detection ends the first, then the second; a person resolves the second. Both wait for the incident, each with an anomaly.
        const machine = apply(finding(801, 'ended'), finding(802, 'ended'));
        await eventually(waiting, (count) => count === 1);
        const person = server.post(`/api/anomalies/${second.id}/resolve`, { resolution: 'By hand' });
        await eventually(waiting, (count) => count === 2);
        await holder.query('COMMIT');
        await machine;
        expect((await person).status).toBe(200);
      } finally {
        await holder.end();
      }
      expect(server.app.get(Database).repeatedCount).toBe(repeated + 1);
      expect((await rowsOf('crossed')).map(({ status }) => status)).toEqual(['resolved', 'resolved']);
      expect((await server.get(`/api/incidents/${first.incident_id}`)).body.data.incident.status).toBe(
        'resolved',
      );
    });
  });

  it('acknowledge and resolve it while its alerts fire and end, and nobody hears of an error', async () => {
    const signal = (index: number, status: AlertSignal['status']): AlertSignal => ({
      labels: { alertname: `Alert${index}`, service: 'raced' },
      annotations: {},
      status,
      startsAtMs: null,
      endsAtMs: null,
      generatorUrl: null,
      values: null,
    });
    const ALERTS = Array.from({ length: 30 }, (_, index) => index);
    const tell = (status: AlertSignal['status'], indexes = ALERTS) =>
      server.app.get(AlertIntake).receive(
        indexes.map((index) => signal(index, status)),
        WEBHOOK,
      );
    await tell('firing');
    const [{ incident_id: id }] = await eventually(
      () => rowsOf('raced'),
      (rows) => rows.length === ALERTS.length,
    );
    const statuses = new Set<number>();
    const people = async () => {
      for (let turn = 0; turn < 12; turn += 1) {
        statuses.add((await server.post(`/api/incidents/${id}/acknowledge`)).status);
        const rows = await rowsOf('raced');
        const ids = rows.map((row) => row.id).reverse();
        statuses.add((await server.post(`/api/anomalies/${ids[turn]}/resolve`)).status);
        statuses.add((await server.post(`/api/incidents/${id}/resolve`)).status);
      }
    };
    const machines = async () => {
      for (let turn = 0; turn < 12; turn += 1) {
        await tell(
          'resolved',
          ALERTS.filter((index) => index % 3 === turn % 3),
        );
        await tell('firing');
      }
      await tell('resolved');
    };
    await Promise.all([people(), people(), machines()]);
    expect([...statuses].filter((status) => status !== 200 && status !== 409)).toEqual([]);
    const isOver = (rows: Row[]) => rows.every(({ status }) => status === 'resolved');
    await eventually(() => rowsOf('raced'), isOver, 30_000);
    expect((await server.get(`/api/incidents/${id}`)).body.data.incident.status).toBe('resolved');
  }, 90_000);
});
