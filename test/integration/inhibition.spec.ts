import { AlertIntake } from '../../src/telemetry/alerts/alert-intake.service';
import { eventually, TestApp } from '../support/test-app';

const WEBHOOK = { source: 'webhook', integrationId: 7 };

interface Shown {
  id: number;
  status: string;
  incident_id: number;
  incident_reason: string;
  inhibited_by: { kind: string; anomaly_id: number | null; rule_id: number | null; reason: string } | null;
}

describe('inhibition', () => {
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

  const tell = (labels: Record<string, string>, status: 'firing' | 'resolved' = 'firing') =>
    first.app.get(AlertIntake).receive(
      [
        {
          labels,
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
  const shown = async (alertname: string): Promise<Shown | null> => {
    const [row] = await first.database.query<{ id: number }>(
      `SELECT id::int FROM anomalies WHERE labels ->> 'alertname' = $1 ORDER BY id DESC LIMIT 1`,
      [alertname],
    );
    if (row === undefined) return null;
    return (await first.get(`/api/anomalies/${row.id}`)).body.data.anomaly as Shown;
  };
  const seen = async (alertname: string, holds: (anomaly: Shown) => boolean = () => true): Promise<Shown> =>
    (await eventually(
      () => shown(alertname),
      (anomaly) => anomaly !== null && holds(anomaly),
    )) as Shown;
  const marks = async (id: number): Promise<unknown[]> =>
    (await first.get(`/api/anomalies/${id}/history`)).body.data.history.map(
      ({ changes }: { changes: { inhibited_by?: { anomaly_id: number } | null } | null }) =>
        changes?.inhibited_by === null ? 'released' : (changes?.inhibited_by?.anomaly_id ?? 'opened'),
    );

  describe('by a rule', () => {
    let ruleId: number;

    beforeAll(async () => {
      const { body } = await first.post('/api/inhibition-rules', {
        name: 'Node down',
        source_matchers: ['alertname=NodeDown'],
        target_matchers: ['tier=app'],
        equal: ['node'],
      });
      ruleId = body.data.rule.id as number;
    });

    it('hides a symptom from its first moment on while its cause is active, and releases it then', async () => {
      await tell({ alertname: 'NodeDown', node: 'a' });
      const cause = await seen('NodeDown');
      await tell({ alertname: 'AppSlow', node: 'a', tier: 'app' });
      await tell({ alertname: 'AppElsewhere', node: 'b', tier: 'app' });
      // Marked in the transaction that opens it: there is no moment in which it stands without its mark.
      const symptom = await seen('AppSlow');
      expect(symptom).toMatchObject({
        status: 'open',
        inhibited_by: {
          kind: 'rule',
          rule_id: ruleId,
          anomaly_id: cause.id,
          reason: `rule Node down: anomaly ${cause.id} is active with the same node=a`,
        },
      });
      expect((await seen('AppElsewhere')).inhibited_by).toBeNull();
      await tell({ alertname: 'NodeDown', node: 'a' }, 'resolved');
      await seen('AppSlow', ({ inhibited_by }) => inhibited_by === null);
      expect(await marks(symptom.id)).toEqual(['released', cause.id, 'opened']);
    });

    it('hides what stood open before its cause, and releases it when the rule goes', async () => {
      await tell({ alertname: 'AppBefore', node: 'c', tier: 'app' });
      expect((await seen('AppBefore')).inhibited_by).toBeNull();
      await tell({ alertname: 'NodeDown', node: 'c' });
      await seen('AppBefore', ({ inhibited_by }) => inhibited_by !== null);
      expect((await first.delete(`/api/inhibition-rules/${ruleId}`)).status).toBe(200);
      await seen('AppBefore', ({ inhibited_by }) => inhibited_by === null);
    });
  });

  it('by topology hides a symptom in the incident of its cause, unless it is the graver of the two', async () => {
    const stated = await first.put('/api/topology', { dependencies: { web: ['api'], api: ['db'] } });
    expect(stated.body.data.topology).toEqual({ dependencies: { web: ['api'], api: ['db'] } });
    await tell({ alertname: 'DbSlow', service: 'db', severity: 'warning' });
    const cause = await seen('DbSlow');
    await tell({ alertname: 'WebSlow', service: 'web', severity: 'warning' });
    await tell({ alertname: 'WebDown', service: 'web', severity: 'critical' });
    const symptom = await seen('WebSlow');
    expect(symptom).toMatchObject({
      incident_id: cause.incident_id,
      incident_reason: 'web depends on db, whose incident this is',
      inhibited_by: {
        kind: 'topology',
        anomaly_id: cause.id,
        reason: `web depends on db, where anomaly ${cause.id} is active`,
      },
    });
    expect(await seen('WebDown')).toMatchObject({ incident_id: cause.incident_id, inhibited_by: null });
    expect((await first.get(`/api/incidents/${cause.incident_id}`)).body.data.incident).toMatchObject({
      severity: 'critical',
      anomaly_count: 3,
    });
    expect((await first.delete('/api/topology')).status).toBe(200);
    await seen('WebSlow', ({ inhibited_by }) => inhibited_by === null);
  });
});
