import { FindingsService } from '../../src/anomaly/findings.service';
import { HeldFindings } from '../../src/anomaly/suppression/held-findings.service';
import { Suppressors } from '../../src/anomaly/suppression/suppressors.service';
import { Database } from '../../src/database/database';
import { AlertIntake } from '../../src/telemetry/alerts/alert-intake.service';
import { findingOf } from '../support/finding';
import { eventually, TestApp } from '../support/test-app';

interface Told {
  id: number;
  status: string;
  severity: string;
  explanation: string | null;
}

describe('what detection finds while a change settles', () => {
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

  const change = async (service: string, told: object = {}): Promise<number> => {
    const answer = await first.post('/api/changes', {
      summary: `${service} 2.4.1 deployed`,
      service,
      ...told,
    });
    expect(answer.status).toBe(201);
    return answer.body.data.change.id as number;
  };
  /** Lets the time of a change be over, as waiting would. */
  const settle = (id: number) =>
    first.database.query(`UPDATE change_events SET changed_at = now() - interval '1 day' WHERE id = $1`, [
      id,
    ]);
  const apply = (seriesId: number, kind: 'opened' | 'extended' | 'ended', service: string, score?: number) =>
    first.app
      .get(Database)
      .run(() => first.app.get(FindingsService).apply([findingOf({ seriesId, kind, service, score })]));
  const toldOf = (service: string): Promise<Told[]> =>
    first.database.query(
      `SELECT id::int, status, severity, explanation FROM anomalies WHERE labels ->> 'service' = $1 ORDER BY id`,
      [service],
    );
  const isTold = (service: string) =>
    eventually(
      () => toldOf(service),
      (rows) => rows.length > 0,
    );
  const heldOf = (seriesId: number) =>
    first.database.query<{ held_at: Date }>(`SELECT held_at FROM held_findings WHERE series_id = $1`, [
      seriesId,
    ]);

  it('is held, and told of once when that is over and it goes on, by two processes too', async () => {
    const id = await change('deployed');
    await apply(701, 'opened', 'deployed');
    await apply(701, 'extended', 'deployed', 0.85);
    expect(await toldOf('deployed')).toEqual([]);
    await settle(id);
    const [anomaly, ...others] = await isTold('deployed');
    expect(others).toEqual([]);
    expect(anomaly).toMatchObject({
      status: 'open',
      severity: 'high',
      explanation: expect.stringMatching(
        `^Held since .* by change ${id} \\(deployed 2.4.1 deployed\\); its time to settle is over, and this goes on\\.$`,
      ),
    });
    expect(await heldOf(701)).toEqual([]);
    const { body } = await first.get(`/api/anomalies/${anomaly.id}/history`);
    expect(body.data.history[0].changes).toMatchObject({
      held_by: { kind: 'change', id, name: 'deployed 2.4.1 deployed' },
    });
    await apply(701, 'extended', 'deployed');
    await apply(701, 'ended', 'deployed');
    expect((await toldOf('deployed')).map(({ status }) => status)).toEqual(['resolved']);
  });

  it('is never told of where it recovers meanwhile', async () => {
    const id = await change('recovered');
    await apply(702, 'opened', 'recovered');
    await apply(702, 'ended', 'recovered');
    await settle(id);
    await first.app.get(HeldFindings).release(await first.app.get(Suppressors).listHolders());
    await apply(702, 'extended', 'recovered');
    expect(await toldOf('recovered')).toEqual([]);
  });

  it('is told of at once where it is critical, or as soon as it becomes so', async () => {
    const id = await change('grave');
    await apply(703, 'opened', 'grave', 0.95);
    expect(await toldOf('grave')).toMatchObject([
      {
        severity: 'critical',
        explanation: expect.stringMatching(`^Opened while change ${id} .* settles, until`),
      },
    ]);
    const worse = await change('worse');
    await apply(704, 'opened', 'worse', 0.6);
    expect(await toldOf('worse')).toEqual([]);
    await apply(704, 'extended', 'worse', 0.93);
    expect(await toldOf('worse')).toMatchObject([
      {
        severity: 'critical',
        explanation: expect.stringMatching(`by change ${worse} .*; this has become critical.$`),
      },
    ]);
  });

  it('is told of as ever on another service, before a planned change, and where the change says that it settles at once', async () => {
    await change('touched');
    await change('planned', { at: new Date(Date.now() + 3_600_000).toISOString() });
    await change('quick', { settle_seconds: 0 });
    await change('long-ago', { at: new Date(Date.now() - 901_000).toISOString() });
    await Promise.all(
      ['untouched', 'planned', 'quick', 'long-ago'].map((service, index) =>
        apply(710 + index, 'opened', service),
      ),
    );
    for (const service of ['untouched', 'planned', 'quick', 'long-ago'])
      expect(await toldOf(service)).toMatchObject([{ status: 'open', explanation: null }]);
  });

  it('is held for as long as the change itself says, within the cap', async () => {
    const at = new Date(Date.now() - 1_200_000).toISOString();
    await change('slow', { at, settle_seconds: 1_800 });
    await apply(720, 'opened', 'slow');
    expect(await toldOf('slow')).toEqual([]);
    await change('endless', { at: new Date(Date.now() - 3_601_000).toISOString(), settle_seconds: 86_400 });
    await apply(721, 'opened', 'endless');
    expect(await toldOf('endless')).toHaveLength(1);
  });

  it('is told of at the latest when the cap has passed, whoever deploys again meanwhile', async () => {
    await change('restless');
    await apply(722, 'opened', 'restless');
    await first.database.query(
      `UPDATE held_findings SET held_at = now() - interval '3601 seconds' WHERE series_id = 722`,
    );
    await change('restless');
    expect(await isTold('restless')).toHaveLength(1);
  });

  it('is told of and ended at the same moment without being left open', async () => {
    const SERIES = Array.from({ length: 12 }, (_, index) => 740 + index);
    const id = await change('crossed');
    for (const seriesId of SERIES) await apply(seriesId, 'opened', 'crossed');
    expect(await toldOf('crossed')).toEqual([]);
    await settle(id);
    const holders = await first.app.get(Suppressors).listHolders();
    await Promise.all([
      first.app.get(HeldFindings).release(holders),
      second.app.get(HeldFindings).release(holders),
      ...SERIES.map((seriesId) => apply(seriesId, 'ended', 'crossed')),
    ]);
    const told = await toldOf('crossed');
    expect(told.length).toBeLessThanOrEqual(SERIES.length);
    expect(told.filter(({ status }) => status !== 'resolved')).toEqual([]);
    expect(
      await first.database.query(`SELECT FROM held_findings WHERE series_id BETWEEN 740 AND 751`),
    ).toEqual([]);
  });

  it('takes an anomaly that stands open on, and reopens one that was resolved a moment ago', async () => {
    await apply(723, 'opened', 'standing');
    const id = await change('standing');
    await apply(723, 'extended', 'standing', 0.8);
    expect(await toldOf('standing')).toMatchObject([{ status: 'open', severity: 'high' }]);
    await apply(723, 'ended', 'standing');
    await apply(723, 'opened', 'standing');
    expect(await toldOf('standing')).toMatchObject([{ status: 'resolved' }]);
    await settle(id);
    await eventually(
      () => toldOf('standing'),
      ([{ status }, ...others]) => status === 'open' && others.length === 0,
    );
  });

  it('is forgotten with its series', async () => {
    await first.post('/api/telemetry/samples', {
      samples: [{ name: 'doomed', labels: { service: 'doomed' }, value: 1 }],
    });
    const { body } = await first.get('/api/telemetry/series?name=doomed');
    const seriesId = body.data.series[0].id as number;
    await change('doomed');
    await apply(seriesId, 'opened', 'doomed');
    expect(await heldOf(seriesId)).toHaveLength(1);
    expect((await first.delete(`/api/telemetry/series/${seriesId}`)).status).toBe(200);
    await eventually(
      () => heldOf(seriesId),
      (rows) => rows.length === 0,
    );
    expect(await toldOf('doomed')).toEqual([]);
  });

  it('is no alert: the threshold of one is the word of whoever wrote its rule', async () => {
    await change('ruled');
    await first.app.get(AlertIntake).receive(
      [
        {
          labels: { alertname: 'Down', service: 'ruled' },
          annotations: {},
          status: 'firing',
          startsAtMs: Date.now(),
          endsAtMs: null,
          generatorUrl: null,
          values: null,
        },
      ],
      { source: 'webhook', integrationId: 7 },
    );
    expect(await isTold('ruled')).toMatchObject([{ status: 'open' }]);
  });

  it('where the version before held it is told of as soon as detection tells it again', async () => {
    await first.database.query(
      `INSERT INTO held_findings (series_id, held_by) VALUES (730, '{"kind": "silence", "id": "a", "name": "known"}')`,
    );
    const [listed] = (await first.get('/api/held?kind=detection')).body.data.held;
    expect(listed).toMatchObject({ series_id: 730, title: 'series 730', held_until: null });
    await apply(730, 'extended', 'older');
    expect(await toldOf('older')).toHaveLength(1);
  });
});
