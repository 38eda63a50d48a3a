import { AutonomyBench, Served } from '../support/autonomy-bench';
import { RemediationBench } from '../support/remediation-bench';
import { TestApp } from '../support/test-app';

const BASE = '/api/remediation/autonomy';
const POLICIES = `${BASE}/policies`;

describe('the API of autonomy', () => {
  let bench: RemediationBench;
  let app: TestApp;
  let autonomy: AutonomyBench;
  let served: Served;

  beforeAll(async () => {
    bench = await RemediationBench.start({ REMEDIATION_FOUR_EYES: 'false' });
    ({ app } = bench);
    autonomy = new AutonomyBench(bench);
    served = await autonomy.serve('shop');
  });
  afterAll(() => bench.stop());

  it('is manual as shipped, with the three policies of adaptive mode', async () => {
    const { status, body } = await app.get(BASE);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      settings: {
        mode: 'manual',
        wins_for_semi_auto: 3,
        wins_for_full_auto: 10,
        wins_lost: 2,
        max_level_high_risk: 'semi_auto',
        version: 1,
      },
      cells: [],
      pagination: { total: 0 },
    });
    const shipped = (await app.get(POLICIES)).body.data.autonomy_policies as Record<string, unknown>[];
    expect(
      shipped.map((one) => [one.priority, one.mode, one.severities, one.min_confidence, one.max_load]),
    ).toEqual([
      [1, 'full_auto', ['critical'], 0.8, 90],
      [2, 'semi_auto', ['high'], 0.7, 85],
      [3, 'manual', ['medium'], 0.6, null],
    ]);
  });

  it('sets what is given, by the version that was read, and audits it', async () => {
    const set = await app.put(`${BASE}/settings`, {
      wins_for_semi_auto: 1,
      wins_for_full_auto: 2,
      version: 1,
    });
    expect(set.body.data.settings).toMatchObject({
      wins_for_semi_auto: 1,
      wins_for_full_auto: 2,
      version: 2,
    });
    const late = await app.put(`${BASE}/settings`, { mode: 'full_auto', version: 1 });
    expect([late.status, late.body.code]).toEqual([409, 'remediation/autonomy-version-conflict']);
    const wrong = await app.put(`${BASE}/settings`, { wins_for_semi_auto: 5 });
    expect([wrong.status, wrong.body.message]).toEqual([
      400,
      'wins_for_full_auto must not be less than wins_for_semi_auto',
    ]);
    const forbidden = await app.put(`${BASE}/settings`, {}, { token: await app.tokenOf('operator') });
    expect(forbidden.status).toBe(403);
    const [audit] = await app.database.query<{ after: object }>(
      `SELECT after FROM audit_log WHERE action = 'remediation.autonomy_settings_changed'`,
    );
    expect(audit.after).toEqual({ winsForSemiAuto: 1, winsForFullAuto: 2 });
  });

  it('keeps policies with their versions, their names and whole time windows', async () => {
    const window = {
      weekdays: ['saturday', 'sunday'],
      start_time: '22:00',
      duration_minutes: 480,
      time_zone: 'Europe/Berlin',
    };
    const policy = { name: 'Nights', priority: 0, mode: 'full_auto', action_types: ['scale_up'], ...window };
    const made = await app.post(POLICIES, policy);
    expect([made.status, made.body.message]).toEqual([201, 'Autonomy policy created successfully']);
    const { id } = made.body.data.autonomy_policy as { id: number };
    expect(made.body.data.autonomy_policy).toMatchObject({
      ...policy,
      enabled: true,
      min_confidence: 0,
      version: 1,
    });
    expect((await app.post(POLICIES, policy)).body.code).toBe('remediation/autonomy-policy-name-taken');
    const half = await app.post(POLICIES, { ...policy, name: 'Half', time_zone: undefined });
    expect([half.status, half.body.message]).toEqual([
      400,
      'A time window has weekdays, start_time, duration_minutes, time_zone; missing: time_zone',
    ]);
    expect((await app.post(POLICIES, { ...policy, name: 'No days', weekdays: [] })).status).toBe(400);
    const changed = await app.put(`${POLICIES}/${id}`, {
      name: 'Nights',
      priority: 7,
      mode: 'manual',
      enabled: false,
      version: 1,
    });
    expect(changed.body.data.autonomy_policy).toMatchObject({ priority: 7, weekdays: null, version: 2 });
    expect((await app.put(`${POLICIES}/${id}`, { ...policy, version: 1 })).status).toBe(409);
    expect((await app.delete(`${POLICIES}/${id}?version=2`)).status).toBe(200);
    expect((await app.get(`${POLICIES}/${id}`)).body.code).toBe('remediation/autonomy-policy-not-found');
  });

  it('shows how a cell earns that the next anomaly is remedied with nobody there', async () => {
    await autonomy.win(served, 2);
    await app.put(`${BASE}/settings`, { mode: 'full_auto' });
    const before = bench.target.requests.length;
    const id = await autonomy.raise(served);
    const { remediation_action } = await bench.ended(id);
    expect(remediation_action).toMatchObject({
      status: 'completed',
      executed_by: 'autonomy',
      approved_by: null,
    });
    expect(bench.target.requests.length - before).toBe(1);
    expect(await autonomy.approvals(id)).toMatchObject([{ by_kind: 'autonomy', used: true }]);

    const { cells } = (await app.get(`${BASE}?action_type=scale_up&anomaly_class=alert:Slow`)).body.data;
    expect(cells).toMatchObject([
      {
        action_type: 'scale_up',
        remedy: 'scale_up',
        anomaly_class: 'alert:Slow',
        target_group: 'shop',
        level: 'full_auto',
        wins: 2,
        needed: null,
        changed_at: expect.any(String),
        evidence: [{ outcome: 'verified' }, { outcome: 'verified' }],
      },
    ]);
    const { decisions, pagination } = (await app.get(`${BASE}/history?outcome=begun`)).body.data;
    expect(pagination).toMatchObject({ per_page: 50, total: 1 });
    expect(decisions[0]).toMatchObject({
      action_id: id,
      mode: 'full_auto',
      cell_level: 'full_auto',
      level: 'full_auto',
      granted_by: 'autonomy',
      reason: 'Its cell has earned full_auto',
      basis: { wins: 2, evidence: cells[0].evidence.map((one: { action_id: number }) => one.action_id) },
    });
    await autonomy.show(id, 'verified');
    const { statistics } = (await app.get(`${BASE}/statistics?days=7`)).body.data;
    expect(statistics).toMatchObject({
      begun: 1,
      by_granter: { people: 0, policy: 0, autonomy: 1 },
      by_outcome: { verified: 1 },
      verified_share: 1,
      promotions: 2,
      losses: 0,
    });
  });

  it('says what would happen and why, and changes nothing', async () => {
    const evaluate = (body: object) => app.post(`${BASE}/evaluate`, body);
    const action = await autonomy.raise(served, 'Another');
    const { anomaly_id } = (await bench.progress(action)).remediation_action;
    const there = await evaluate({ action_id: action });
    expect(there.body.data.evaluation).toMatchObject({
      mode: 'full_auto',
      cell: { anomaly_class: 'alert:Another', level: 'manual', wins: 0, needed: 1 },
      level: 'manual',
      capped_by: ['the cell has earned manual'],
      begins: false,
      reason: 'People begin it: the cell has earned manual',
    });
    const supposed = await evaluate({ anomaly_id, action_type: 'cleanup_disk' });
    expect(supposed.body.data.evaluation).toMatchObject({
      cell: { remedy: 'cleanup_disk', target_group: 'shop' },
    });
    expect((await evaluate({ anomaly_id })).status).toBe(400);
    expect((await evaluate({ action_id: 999_999 })).status).toBe(404);
    const reported = await app.post('/api/anomalies', {
      title: 'I saw something',
      description: 'd',
      severity: 'critical',
      anomaly_score: 1,
      confidence: 1,
    });
    const told = await evaluate({
      anomaly_id: reported.body.data.anomaly.id,
      action_type: 'scale_up',
      target_id: served.targetId,
    });
    expect(told.body.data.evaluation.begins).toBe(false);
    expect((await app.get(`${BASE}/history?action_id=${action}&outcome=begun`)).body.data.decisions).toEqual(
      [],
    );
  });
});
