import { RemediationBench } from '../support/remediation-bench';

const SECRETS_KEY = 'a-key-of-the-tests-for-secrets-that-is-long-enough';
const CLASS = 'alert:CartSlow';

describe('what is learnt of remedies', () => {
  let bench: RemediationBench;
  const query = <Row extends object>(text: string, values: unknown[] = []) =>
    bench.app.database.query<Row>(text, values);

  beforeAll(async () => {
    bench = await RemediationBench.start({ SECRETS_KEY });
  });
  afterAll(() => bench.stop());
  beforeEach(() => query('TRUNCATE remediation_evidence'));

  let actions = 1_000_000;
  /** Evidence as verification keeps it. */
  const seen = async (remedy: string, outcome: string, count = 1, anomalyClass = CLASS) => {
    for (let index = 0; index < count; index += 1)
      await query(
        `INSERT INTO remediation_evidence (action_id, action_type, remedy, anomaly_class, target_group, severity, outcome, age_seconds,
           horizon_seconds, recovery_seconds) VALUES ($1, 'custom', $2, $3, 'cart', 'high', $4, 60, 300, CASE $4 WHEN 'verified' THEN 40 END)`,
        [(actions += 1), remedy, anomalyClass, outcome],
      );
  };

  /** An anomaly of an alert that goes on. */
  const anomaly = async () => {
    const [{ id }] = await query<{ id: string }>(
      `INSERT INTO anomalies (title, description, severity, anomaly_score, confidence, source, labels, alert_id, alert_identity)
       VALUES ('t', 'd', 'high', 0.9, 0.9, 'alertmanager', '{"alertname": "CartSlow", "service": "cart"}', 1, gen_random_uuid()) RETURNING id`,
    );
    return Number(id);
  };

  const addRule = async (name: string, position: number, actionType: string) => {
    const made = await bench.app.post('/api/remediation/rules', {
      name,
      position,
      min_severity: 'low',
      matchers: ['alertname="CartSlow"'],
      action_type: actionType,
      parameters: {},
      continues: position === 1,
    });
    if (made.status !== 201) throw new Error(made.text);
  };

  it('a remedy that had no effect falls behind one that was verified', async () => {
    await seen('restart_service', 'no_effect');
    await seen('optimize_performance', 'verified');
    await seen('cleanup_logs', 'verified', 3, 'alert:Another');
    const { body } = await bench.app.get(`/api/remediation/rankings?anomaly_class=${CLASS}`);
    expect(body.data.rankings).toMatchObject([
      { remedy: 'optimize_performance', rank: 1, verified: 1, of: 1, why: `1 of 1 verified on ${CLASS}` },
      { remedy: 'restart_service', rank: 2, no_effect: 1, of: 1 },
    ]);
    expect(body.data.rankings[0].expected_success).toBeGreaterThan(body.data.rankings[1].expected_success);
    expect((await bench.app.get('/api/remediation/rankings')).status).toBe(400);
  });

  it('proposals come in the order of what was verified, with their rank, and evaluate says why', async () => {
    await addRule('Restart first', 1, 'restart_service');
    await addRule('Then optimize', 2, 'optimize_performance');
    const id = await anomaly();
    const evaluate = async () =>
      (await bench.app.post('/api/remediation/evaluate', { anomaly_id: id })).body.data.evaluation;
    const unknown = await evaluate();
    expect(unknown.chosen).toMatchObject([
      { rule: 'Restart first', rank: 1, expected_success: 0.5, why: 'nothing was seen of it yet' },
      { rule: 'Then optimize', rank: 2 },
    ]);
    await seen('restart_service', 'no_effect', 12);
    await seen('optimize_performance', 'verified', 12);
    const learnt = await evaluate();
    expect(learnt.alpha).toBe(0.2);
    expect(learnt.chosen).toMatchObject([
      { rule: 'Then optimize', rank: 1, why: `12 of 12 verified on ${CLASS}` },
      { rule: 'Restart first', rank: 2 },
    ]);
    expect(learnt.chosen[0].lower).toBeLessThan(learnt.chosen[0].expected_success);
    expect(await evaluate()).toEqual(learnt);
    const proposed = await bench.app.post('/api/remediation/proposals', { anomaly_id: id });
    expect(proposed.body.data.remediation_actions).toMatchObject([
      { action_type: 'optimize_performance', rank: 1, expected_success: learnt.chosen[0].expected_success },
      { action_type: 'restart_service', rank: 2 },
    ]);
  });
});
