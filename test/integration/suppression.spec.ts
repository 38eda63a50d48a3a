import { FindingsService } from '../../src/anomaly/findings.service';
import { Database } from '../../src/database/database';
import { AlertIntake } from '../../src/telemetry/alerts/alert-intake.service';
import { findingOf } from '../support/finding';
import { eventually, TestApp } from '../support/test-app';

const WEBHOOK = { source: 'webhook', integrationId: 7 };
const HOUR = 3_600_000;
const iso = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString();

interface Told {
  id: number;
  status: string;
  explanation: string;
  suppressed_by: object | null;
}

describe('what is kept quiet', () => {
  let first: TestApp;
  let second: TestApp;

  beforeAll(async () => {
    first = await TestApp.start();
    second = await TestApp.start({}, first.database);
  });
  afterAll(async () => {
    await second.stop();
    await first.stop();
  });

  const tell = (service: string, status: 'firing' | 'resolved') =>
    first.app.get(AlertIntake).receive(
      [
        {
          labels: { alertname: 'Down', service },
          annotations: {},
          status,
          startsAtMs: status === 'firing' ? Date.now() - 1_000 : null,
          endsAtMs: null,
          generatorUrl: null,
          values: null,
        },
      ],
      WEBHOOK,
    );
  const toldOf = (service: string): Promise<Told[]> =>
    first.database.query(
      `SELECT id::int, status, explanation, suppressed_by FROM anomalies WHERE labels ->> 'service' = $1 ORDER BY id`,
      [service],
    );
  const heldOf = async (service: string): Promise<number> =>
    (await first.database.query(`SELECT FROM held_alerts WHERE labels ->> 'service' = $1`, [service])).length;
  const isHeld = (service: string) =>
    eventually(
      () => heldOf(service),
      (count) => count === 1,
    );
  const isForgotten = (service: string) =>
    eventually(
      () => heldOf(service),
      (count) => count === 0,
    );
  const isTold = (service: string) =>
    eventually(
      () => toldOf(service),
      (rows) => rows.length > 0,
    );

  const silence = async (service: string, endsAtMs = HOUR): Promise<string> => {
    const answer = await first.post('/api/v2/silences', {
      matchers: [{ name: 'service', value: service, isRegex: false }],
      startsAt: iso(-1_000),
      endsAt: iso(endsAtMs),
      createdBy: 'jane',
      comment: 'known trouble',
    });
    expect(answer.status).toBe(200);
    return answer.body.silenceID as string;
  };
  const plan = async (service: string): Promise<number> => {
    const answer = await first.post('/api/maintenance-windows', {
      name: `Upgrade of ${service}`,
      matchers: [`service="${service}"`],
      schedule: 'once',
      starts_at: iso(-HOUR),
      ends_at: iso(HOUR),
    });
    expect(answer.status).toBe(201);
    return answer.body.data.window.id as number;
  };

  it('by a silence is told of once when the silence ends and it fires still, by two processes too', async () => {
    const id = await silence('held');
    await tell('held', 'firing');
    await isHeld('held');
    expect(await toldOf('held')).toEqual([]);
    expect((await first.delete(`/api/v2/silence/${id}`)).status).toBe(200);
    const [anomaly, ...others] = await isTold('held');
    expect(others).toEqual([]);
    expect(anomaly.status).toBe('open');
    expect(anomaly.explanation).toMatch(/^Held since .* by silence .* \(known trouble\); it has ended/);
    const { body } = await first.get(`/api/anomalies/${anomaly.id}/history`);
    expect(body.data.history.map(({ event }: { event: string }) => event)).toEqual(['updated', 'opened']);
    expect(body.data.history[0].changes).toMatchObject({ held_by: { kind: 'silence', id } });
    await isForgotten('held');
    await tell('held', 'resolved');
    await eventually(
      () => toldOf('held'),
      (rows) => rows.length === 1 && rows[0].status === 'resolved',
    );
  });

  it('by a silence that ends by itself is told of then', async () => {
    await silence('timed', 2_500);
    await tell('timed', 'firing');
    await isHeld('timed');
    await isTold('timed');
  });

  it('and recovers meanwhile is never told of', async () => {
    const id = await plan('recovered');
    await tell('recovered', 'firing');
    await isHeld('recovered');
    await tell('recovered', 'resolved');
    await isForgotten('recovered');
    await first.delete(`/api/maintenance-windows/${id}`);
    // What fires after the window is told of: by then the watch has seen its end.
    await tell('recovered', 'firing');
    expect((await isTold('recovered')).map(({ explanation }) => explanation)).toEqual([
      expect.not.stringContaining('Held'),
    ]);
  });

  it('by maintenance is told of when the window is removed, or replaced by one that does not cover it', async () => {
    const id = await plan('moved');
    await tell('moved', 'firing');
    await isHeld('moved');
    const answer = await first.put(`/api/maintenance-windows/${id}`, {
      name: 'Upgrade of moved',
      matchers: ['service=another'],
      schedule: 'weekly',
      weekdays: ['saturday', 'sunday'],
      start_time: '22:30',
      duration_minutes: 120,
      time_zone: 'Europe/Berlin',
    });
    expect(answer.body.data.window).toMatchObject({
      schedule: 'weekly',
      starts_at: null,
      matchers: ['service="another"'],
    });
    const [{ explanation }] = await isTold('moved');
    expect(explanation).toMatch(/by maintenance window \d+ \(Upgrade of moved\)/);
  });

  it('while it stands open is marked, and stays open', async () => {
    await tell('marked', 'firing');
    await isTold('marked');
    const id = await plan('marked');
    const marked = (holds: (row: Told) => boolean) =>
      eventually(
        () => toldOf('marked'),
        ([row]) => holds(row),
      );
    const [anomaly] = await marked(({ suppressed_by }) => suppressed_by !== null);
    expect(anomaly).toMatchObject({
      status: 'open',
      suppressed_by: { kind: 'maintenance_window', id, name: 'Upgrade of marked' },
    });
    await first.delete(`/api/maintenance-windows/${id}`);
    await marked(({ suppressed_by }) => suppressed_by === null);
    const { body } = await first.get(`/api/anomalies/${anomaly.id}/history`);
    expect(body.data.history.map(({ changes }: { changes: object | null }) => changes)).toEqual([
      { suppressed_by: null },
      { suppressed_by: { kind: 'maintenance_window', id, name: 'Upgrade of marked' } },
      null,
    ]);
  });

  describe('by maintenance, found by detection,', () => {
    const apply = (seriesId: number, kind: 'opened' | 'extended' | 'ended') =>
      first.app
        .get(Database)
        .run(() =>
          first.app
            .get(FindingsService)
            .apply([findingOf({ seriesId, kind, service: `series-${seriesId}` })]),
        );

    it('is told of when it goes on after the window, once', async () => {
      const id = await plan('series-901');
      await apply(901, 'opened');
      await apply(901, 'extended');
      expect(await toldOf('series-901')).toEqual([]);
      await first.delete(`/api/maintenance-windows/${id}`);
      await apply(901, 'extended');
      await apply(901, 'extended');
      const told = await toldOf('series-901');
      expect(told).toHaveLength(1);
      expect(told[0].explanation).toMatch(/^Held since/);
      await apply(901, 'ended');
      expect((await toldOf('series-901')).map(({ status }) => status)).toEqual(['resolved']);
    });

    it('is never told of when it ended within', async () => {
      const id = await plan('series-902');
      await apply(902, 'opened');
      await apply(902, 'ended');
      await first.delete(`/api/maintenance-windows/${id}`);
      await apply(902, 'extended');
      expect(await toldOf('series-902')).toEqual([]);
    });
  });
});
