import { addPastAnomalies, RECOVERED } from '../support/past-anomalies';
import { RemediationBench } from '../support/remediation-bench';
import { eventually } from '../support/test-app';

const DAY = 86_400;
const CLASS = 'alert:QueueFull';

describe('how effective remedies are', () => {
  let bench: RemediationBench;
  let actionId: number;

  beforeAll(async () => {
    bench = await RemediationBench.start();
  });
  afterAll(() => bench.stop());

  const get = async (path: string) => {
    const { status, body, text } = await bench.app.get(`/api/remediation/${path}`);
    if (status !== 200) throw new Error(text);
    return body.data;
  };
  const ofAction = async (id: number) => (await get(`actions/${id}/effectiveness`)).effectiveness;
  const list = (query: string) => get(`effectiveness${query}`);
  /** What one action is said to have shown. */
  const show = (showing: object) =>
    bench.app.database.query(
      `INSERT INTO remediation_evidence (action_id, action_type, remedy, anomaly_class, target_group, severity, outcome, age_seconds, horizon_seconds,
         recovery_seconds, self_recovery)
       SELECT action_id, 'restart_service', remedy, anomaly_class, 'cart', 'high', outcome, 5, 600, recovery_seconds, self_recovery
       FROM jsonb_to_record($1) AS row(action_id bigint, remedy text, anomaly_class text, outcome text, recovery_seconds float8, self_recovery float8)`,
      [JSON.stringify({ remedy: 'restart_service', anomaly_class: CLASS, ...showing })],
    );
  /** An alert fires; its anomaly. */
  const fire = async (alertname: string) => {
    const alert = { labels: { alertname, service: 'cart' }, annotations: {} };
    await bench.app.post('/api/v2/alerts', [alert]);
    const anomaly = await eventually(
      async () => (await bench.app.get('/api/anomalies?per_page=1')).body.data.anomalies[0],
      (found) => found?.title.includes(alertname),
    );
    return { alert, anomaly };
  };

  it('count no recovery as theirs that was to be expected anyway', async () => {
    await addPastAnomalies(
      bench.app.database,
      Array.from({ length: 40 }, (_, index) => ({
        alertname: 'QueueFull',
        openedAgo: DAY,
        then: [{ event: 'resolved' as const, ago: DAY - (index < 20 ? 300 : 3_600), resolution: RECOVERED }],
      })),
    );
    const { alert, anomaly } = await fire('QueueFull');
    actionId = await bench.approved({ anomaly_id: anomaly.id });
    expect(await ofAction(actionId)).toMatchObject({
      anomaly_class: CLASS,
      remedy: 'restart_service',
      treated: 0,
      recovery: null,
      expected: null,
      lift: null,
      reason: 'No action was judged yet',
      last_action_ids: [],
    });
    bench.target.answer = (_, response) => {
      void bench.app.post('/api/v2/alerts', [{ ...alert, endsAt: new Date().toISOString() }]);
      response.end('{}');
    };
    await bench.verb(actionId, 'execute');
    const seen = await eventually(
      () => ofAction(actionId),
      ({ treated }) => treated === 1,
      30_000,
    );
    expect(seen).toMatchObject({
      recovered: 1,
      recovery: { share: 1 },
      expected: { share: 0.5, actions: 1 },
      lift: { value: 0.5 },
      reason: null,
      last_action_ids: [actionId],
    });
    // One case says little, and so does the interval.
    expect(seen.lift.lower).toBeLessThan(0);
    for (let id = 1; id <= 19; id += 1)
      await show({
        action_id: 1_000_000 + id,
        outcome: id === 1 ? 'made_worse' : 'verified',
        ...(id > 1 && { recovery_seconds: id }),
        self_recovery: 0.5,
      });
    const sure = await ofAction(actionId);
    expect(sure).toMatchObject({ treated: 20, recovered: 19, made_worse: 1, recovery: { share: 0.95 } });
    expect(sure.lift.value).toBeCloseTo(0.45);
    expect(sure.lift.lower).toBeGreaterThan(0.15);
    expect(sure.last_action_ids).toEqual([1_000_019, 1_000_018, 1_000_017, 1_000_016, 1_000_015]);
    expect(sure.median_recovery_seconds).toBeGreaterThan(5);
  });

  it('are listed by class and remedy, the latest first', async () => {
    await show({ action_id: 2_000_001, remedy: 'runbook:7', outcome: 'no_effect' });
    await show({ action_id: 2_000_002, anomaly_class: 'source:manual', outcome: 'verified' });
    await show({ action_id: 2_000_003, anomaly_class: 'metric:job:rss:low', outcome: 'failed' });
    const { effectiveness, pagination } = await list('?per_page=3');
    expect(pagination).toMatchObject({ page: 1, per_page: 3, total: 4, pages: 2 });
    const cells = (rows: { anomaly_class: string; remedy: string }[]) =>
      rows.map(({ anomaly_class: anomalyClass, remedy }) => `${anomalyClass} ${remedy}`);
    expect(cells(effectiveness)).toEqual([
      'metric:job:rss:low restart_service',
      'source:manual restart_service',
      `${CLASS} runbook:7`,
    ]);
    expect(effectiveness.map(({ lift, reason }: { lift: null; reason: string }) => [lift, reason])).toEqual([
      [null, 'No action was judged yet'],
      [null, expect.stringMatching(/never seen to end/)],
      [null, expect.stringMatching(/^Too little is known/)],
    ]);
    expect(cells((await list('?per_page=3&page=2')).effectiveness)).toEqual([`${CLASS} restart_service`]);
    expect(cells((await list(`?anomaly_class=${CLASS}`)).effectiveness)).toEqual([
      `${CLASS} runbook:7`,
      `${CLASS} restart_service`,
    ]);
    expect(cells((await list(`?anomaly_class=${CLASS}&remedy=runbook:7`)).effectiveness)).toEqual([
      `${CLASS} runbook:7`,
    ]);
    expect(await list('?remedy=nothing')).toMatchObject({ effectiveness: [], pagination: { total: 0 } });
  });

  it('are not told of an action that is not there, or is for no trouble', async () => {
    const answer = async (path: string) => {
      const { status, body } = await bench.app.get(`/api/remediation/${path}`);
      return [status, body.code];
    };
    expect(await answer('actions/999999/effectiveness')).toEqual([404, 'remediation/not-found']);
    expect(await answer(`actions/${await bench.propose()}/effectiveness`)).toEqual([
      404,
      'remediation/no-effectiveness',
    ]);
    expect((await answer('actions/x/effectiveness'))[0]).toBe(400);
    expect((await answer(`effectiveness?remedy=${'x'.repeat(101)}`))[0]).toBe(400);
    expect((await answer('effectiveness?page=0'))[0]).toBe(400);
  });

  it('are shown before the approval: by what was verified, with how it will be judged', async () => {
    const approvalOf = async (id: number) => (await get(`actions/${id}/approval`)).approval;
    const plain = await approvalOf(await bench.propose());
    expect(plain).toMatchObject({
      predicted_success: { basis: 'verified', past: 1, succeeded: 1, rate: 1 },
      verification: { declared: null, roll_back: 'made_worse' },
    });
    expect(plain.predicted_success.lower).toBeCloseTo(0.2065, 3);
    const other = await bench.addTarget('basket');
    const declared = await approvalOf(
      await bench.propose({
        target_id: other,
        verify: { series: 'up{job="api"}', op: '>=', threshold: 1, for: 30, roll_back: 'no_effect' },
      }),
    );
    expect(declared).toMatchObject({
      predicted_success: { basis: 'completed', past: 0, rate: null, lower: 0, upper: 1 },
      verification: {
        declared: { query: { selector: 'up{job="api"}' }, op: '>=', threshold: 1, for: 30 },
        roll_back: 'no_effect',
      },
    });
  });
});
