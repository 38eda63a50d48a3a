import { UnattendedStart } from '../../src/remediation/autonomy/unattended-start.service';
import { AutonomyBench, Served } from '../support/autonomy-bench';
import { RemediationBench } from '../support/remediation-bench';
import { LIFTED_LIMITS } from '../support/remediation-processes';
import { eventually, TestApp } from '../support/test-app';

const SECRETS_KEY = 'a-key-of-the-tests-for-secrets-that-is-long-enough';
const SETTINGS = {
  mode: 'full_auto',
  wins_for_semi_auto: 1,
  wins_for_full_auto: 2,
  wins_lost: 1,
  max_level_high_risk: 'semi_auto',
};

describe('autonomy', () => {
  let bench: RemediationBench;
  let autonomy: AutonomyBench;
  let apps: TestApp[];
  let served: Served;
  let services = 0;

  beforeAll(async () => {
    bench = await RemediationBench.start({ SECRETS_KEY, REMEDIATION_FOUR_EYES: 'false' });
    apps = [bench.app, await TestApp.start({ SECRETS_KEY }, bench.app.database)];
    autonomy = new AutonomyBench(bench);
  });
  beforeEach(async () => {
    services += 1;
    served = await autonomy.serve(`service-${services}`);
    await autonomy.set(SETTINGS);
  });
  afterAll(async () => {
    await apps[1].stop();
    await bench.stop();
  });

  const considerEverywhere = (id: number) =>
    Promise.all(
      apps.flatMap((app) =>
        Array.from({ length: 5 }, () => app.app.get(UnattendedStart, { strict: false }).consider(id)),
      ),
    );
  const look = () => bench.app.app.get(UnattendedStart, { strict: false }).considerWaiting();
  const audited = (action: string) =>
    bench.app.database.query<{ subject_id: string; after: any }>(
      `SELECT subject_id, after FROM audit_log WHERE action = $1 AND subject_id LIKE '%' || $2`,
      [action, served.name],
    );

  it('does nothing by itself as shipped, and says so', async () => {
    await autonomy.set({ mode: 'manual' });
    await autonomy.win(served, 3);
    const id = await autonomy.raise(served);
    expect(await autonomy.decided(id)).toMatchObject({
      outcome: 'left',
      mode: 'manual',
      cell_level: 'full_auto',
      level: 'manual',
      reason: 'People begin it: the mode is manual',
    });
    expect(await autonomy.status(id)).toBe('pending');
  });

  it('is gained by verified wins, a level after the other, and lost on one that made it worse', async () => {
    await autonomy.win(served, 1);
    await eventually(
      () => audited('remediation.autonomy_promoted'),
      (rows) => rows.length === 1,
    );
    const second = await autonomy.raise(served);
    expect(await autonomy.decided(second)).toMatchObject({ outcome: 'left', level: 'semi_auto' });
    await bench.verb(second, 'approve');
    await bench.ended(second);
    expect(await autonomy.decided(second, ({ outcome }) => outcome === 'begun')).toMatchObject({
      granted_by: 'people',
    });
    await autonomy.show(second, 'verified');
    await eventually(
      () => audited('remediation.autonomy_promoted'),
      (rows) => rows.length === 2,
    );

    const third = await autonomy.raise(served);
    expect((await bench.ended(third)).remediation_action).toMatchObject({
      status: 'completed',
      executed_by: 'autonomy',
    });
    const [approval, ...others] = await autonomy.approvals(third);
    expect(others).toEqual([]);
    expect(approval).toMatchObject({ by_kind: 'autonomy', used: true });
    expect(approval.comment).toContain(`alert:Slow on ${served.name} has earned full_auto by 2 wins`);
    expect(await autonomy.cellOf(served)).toMatchObject({ level: 'full_auto', wins: 2, needed: null });

    await autonomy.show(third, 'made_worse');
    const [lost] = await eventually(
      () => audited('remediation.autonomy_demoted'),
      (rows) => rows.length === 1,
    );
    expect(lost.after).toMatchObject({ level: 'manual' });
    expect(await autonomy.cellOf(served)).toMatchObject({
      level: 'manual',
      wins: 0,
      needed: 1,
      evidence: [{ action_id: third, outcome: 'made_worse' }],
    });
    const fourth = await autonomy.raise(served);
    expect(await autonomy.decided(fourth)).toMatchObject({ outcome: 'left', cell_level: 'manual' });
    expect(await autonomy.status(fourth)).toBe('pending');
  });

  it('is not gained by what would have gone by itself', async () => {
    await autonomy.set({ wins_for_full_auto: 1 });
    const id = await autonomy.raise(served);
    await bench.verb(id, 'approve');
    await bench.verb(id, 'execute');
    await bench.ended(id);
    await autonomy.show(id, 'verified', 0.5);
    expect(await autonomy.cellOf(served)).toMatchObject({ level: 'manual', wins: 0 });
  });

  it('is taken away by people, with a reason, and counting begins anew', async () => {
    await autonomy.win(served, 2);
    const cell = { action_type: 'scale_up', anomaly_class: 'alert:Slow', target_group: served.name };
    const revoke = (body: object) => bench.app.post('/api/remediation/autonomy/cells/revoke', body);
    expect((await revoke({ ...cell, target_group: 'nowhere', reason: 'r' })).status).toBe(404);
    const revoked = await revoke({ ...cell, reason: 'It was rebuilt' });
    expect(revoked.body.data.cell).toMatchObject({ level: 'manual', wins: 0, needed: 1 });
    expect((await audited('remediation.autonomy_revoked'))[0].after).toMatchObject({
      reason: 'It was rebuilt',
    });
    expect((await autonomy.cellOf(served)).evidence).toMatchObject([{ action_id: null, outcome: 'revoked' }]);
    const id = await autonomy.raise(served);
    expect(await autonomy.decided(id)).toMatchObject({ outcome: 'left', cell_level: 'manual' });
  });

  it('begins an action once, whoever looks at it at the same time, and however often', async () => {
    await autonomy.set({ mode: 'manual' });
    await autonomy.win(served, 2);
    const id = await autonomy.raise(served);
    await autonomy.decided(id);
    await autonomy.set({ mode: 'full_auto' });
    const before = bench.target.requests.length;
    await considerEverywhere(id);
    await bench.ended(id);
    await considerEverywhere(id);
    expect(bench.target.requests.length - before).toBe(1);
    const [counts] = await bench.app.database.query<object>(
      `SELECT (SELECT count(*)::int FROM autonomy_decisions WHERE action_id = $1 AND outcome = 'begun') AS begun,
         (SELECT count(*)::int FROM remediation_log WHERE action_id = $1 AND event = 'executed') AS executed,
         (SELECT count(*)::int FROM remediation_approvals WHERE action_id = $1) AS approvals`,
      [id],
    );
    expect(counts).toEqual({ begun: 1, executed: 1, approvals: 1 });
  });

  it('waits for the end of a freeze, and goes on then', async () => {
    await autonomy.win(served, 2);
    await bench.app.post('/api/remediation/freeze', {});
    const id = await autonomy.raise(served);
    expect(await autonomy.decided(id)).toMatchObject({ outcome: 'left', reason: 'Remediation is frozen' });
    await look();
    expect(await autonomy.status(id)).toBe('pending');
    await bench.app.post('/api/remediation/unfreeze');
    await look();
    expect((await bench.ended(id)).remediation_action.status).toBe('completed');
  });

  it('stops what it has begun and nobody has sent, once something made it worse', async () => {
    await autonomy.win(served, 2);
    const harmful = await autonomy.raise(served);
    await bench.ended(harmful);
    await bench.app.put('/api/remediation/limits', { cooldown_seconds: 3_600 });
    const id = await autonomy.raise(served);
    await autonomy.decided(id, ({ outcome }) => outcome === 'begun');
    const sent = bench.target.requests.length;
    await autonomy.show(harmful, 'made_worse');
    await eventually(
      () => autonomy.status(id),
      (status) => status === 'cancelled',
    );
    await bench.app.put('/api/remediation/limits', LIFTED_LIMITS);
    expect(bench.target.requests.length).toBe(sent);
  });

  it('leaves what is over, kept quiet, or the symptom of another', async () => {
    await autonomy.set({ mode: 'manual' });
    await autonomy.win(served, 2);
    const id = await autonomy.raise(served);
    await autonomy.decided(id);
    await autonomy.set({ mode: 'full_auto' });
    const states = [
      [`status = 'resolved'`, `status = 'open'`, 'Its anomaly is resolved'],
      [`suppressed_by = '{}'`, `suppressed_by = NULL`, 'Its anomaly is kept quiet'],
      [`inhibited_by = '{}'`, `inhibited_by = NULL`, 'Its anomaly is the symptom of another'],
    ];
    const become = (what: string) =>
      bench.app.database.query(
        `UPDATE anomalies SET ${what} WHERE id = (SELECT anomaly_id FROM remediation_actions WHERE id = $1)`,
        [id],
      );
    for (const [state, lifted, reason] of states) {
      await become(state);
      await considerEverywhere(id);
      expect(await autonomy.decided(id)).toMatchObject({ outcome: 'left', reason });
      await become(lifted);
    }
    await considerEverywhere(id);
    expect((await bench.ended(id)).remediation_action.status).toBe('completed');
  });

  it.each([
    ['ask', 'asks people, and that always holds'],
    ['deny', 'forbids scale_up here'],
  ])('never lifts what a policy says: %s', async (verdict, reason) => {
    await autonomy.win(served, 2);
    await bench.app.post('/api/remediation/policies', { verdict, target_id: served.targetId });
    const id = await autonomy.raise(served);
    expect((await autonomy.decided(id)).reason).toContain(reason);
    expect(await autonomy.status(id)).toBe('pending');
  });

  it('stands for one person at most', async () => {
    await autonomy.win(served, 2);
    await bench.app.put('/api/remediation/limits', { quorum_medium: 2 });
    const id = await autonomy.raise(served);
    expect((await autonomy.decided(id)).reason).toBe(
      '2 people are asked, and nothing stands for more than one',
    );
    await bench.app.put('/api/remediation/limits', { quorum_medium: 1 });
  });

  it('takes what is of high risk to full_auto only where that is set', async () => {
    const risky = await autonomy.serve(`${served.name}-risky`, 'restart_service');
    await autonomy.win(risky, 2);
    const id = await autonomy.raise(risky);
    expect(await autonomy.decided(id)).toMatchObject({
      outcome: 'left',
      level: 'semi_auto',
      reason: 'People approve it: what is of high risk is semi_auto at most',
    });
    await autonomy.set({ max_level_high_risk: 'full_auto' });
    await look();
    expect((await bench.ended(id)).remediation_action.status).toBe('completed');
  });

  it('leaves to people what people asked for', async () => {
    await autonomy.win(served, 2);
    const own = await autonomy.raise(served);
    await bench.ended(own);
    const { anomaly_id } = (await bench.progress(own)).remediation_action;
    const proposed = await bench.app.post('/api/remediation/proposals', { anomaly_id });
    const [{ id }] = proposed.body.data.remediation_actions;
    await considerEverywhere(id as number);
    expect(await autonomy.status(id as number)).toBe('pending');
    const history = await bench.app.get(`/api/remediation/autonomy/history?action_id=${id}`);
    expect(history.body.data.decisions).toEqual([]);
  });

  it('does one thing at a time for an anomaly, the next only after one without effect', async () => {
    const both = await autonomy.serve(`${served.name}-both`, 'optimize_performance', { continues: true });
    await bench.app.post('/api/remediation/rules', {
      name: `${both.name}: scale`,
      position: 2,
      matchers: [`service="${both.name}"`],
      action_type: 'cleanup_logs',
    });
    await autonomy.set({ wins_for_full_auto: 1 });
    const earn = await autonomy.raise(both);
    const ofAnomaly = (action: number) =>
      bench.app.database
        .query<{ id: number }>(
          `SELECT id::int AS id FROM remediation_actions WHERE anomaly_id = (SELECT anomaly_id FROM remediation_actions WHERE id = $1) ORDER BY id`,
          [action],
        )
        .then((rows) => rows.map(({ id }) => id));
    for (const id of await ofAnomaly(earn)) {
      await bench.verb(id, 'execute');
      await bench.ended(id);
      await autonomy.show(id, 'verified');
    }
    const [first, second] = await ofAnomaly(await autonomy.raise(both));
    await bench.ended(first);
    expect(await autonomy.decided(second)).toMatchObject({ outcome: 'left' });
    await considerEverywhere(second);
    expect((await autonomy.decided(second)).reason).toBe(
      `It is not known yet whether action ${first} helped`,
    );
    await autonomy.show(first, 'no_effect');
    expect((await bench.ended(second)).remediation_action.executed_by).toBe('autonomy');
  });

  it('goes by policies in adaptive mode, and not by a load that nobody knows', async () => {
    await autonomy.win(served, 2);
    await autonomy.set({ mode: 'adaptive' });
    const id = await autonomy.raise(served);
    expect(await autonomy.decided(id)).toMatchObject({
      outcome: 'left',
      mode: 'adaptive',
      policy_id: null,
      level: 'manual',
      reason: expect.stringContaining('no autonomy policy fits (Critical: the load is not known; High:'),
      basis: { load: null, confidence: 1 },
    });
    await bench.app.post('/api/telemetry/samples', {
      samples: [{ name: 'host_cpu_usage_percent', labels: { host: 'one' }, value: 95 }],
    });
    await look();
    expect(await autonomy.status(id)).toBe('pending');
    await bench.app.post('/api/telemetry/samples', {
      samples: [{ name: 'host_cpu_usage_percent', labels: { host: 'one' }, value: 50 }],
    });
    await look();
    const begun = await autonomy.decided(id, ({ outcome }) => outcome === 'begun');
    expect(begun).toMatchObject({ level: 'full_auto', basis: { load: 50 } });
    expect(begun.policy_id).toBe(1);
    await bench.ended(id);
  });

  it('does not believe a status without its approvals', async () => {
    await autonomy.set({ mode: 'manual' });
    await autonomy.win(served, 2);
    const id = await autonomy.raise(served);
    await autonomy.decided(id);
    await autonomy.set({ mode: 'semi_auto' });
    await bench.app.database.query(
      `UPDATE remediation_actions SET status = 'approved', approved_at = now() WHERE id = $1`,
      [id],
    );
    await look();
    expect((await autonomy.decided(id)).reason).toContain('has expired');
    expect(await autonomy.approvals(id)).toEqual([]);
  });
});
