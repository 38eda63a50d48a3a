import { Clock } from '../../src/common/time/clock';
import { RemediationBench } from '../support/remediation-bench';
import { eventually, TestApp } from '../support/test-app';

const DAY_MS = 86_400_000;
const SECRETS_KEY = 'a-key-of-the-tests-for-secrets-that-is-long-enough';

/** A symptom that is measured once a second: as bad as it was for half a minute, and then as it is now. */
class Symptom {
  private readonly timer: NodeJS.Timeout;
  private value: number;

  private constructor(
    private readonly app: TestApp,
    private readonly name: string,
    bad: number,
  ) {
    this.value = bad;
    this.timer = setInterval(() => void this.send([this.sample(Date.now())]), 500);
  }

  static async begin(app: TestApp, name: string, bad: number): Promise<Symptom> {
    const symptom = new Symptom(app, name, bad);
    const now = Date.now();
    await symptom.send(Array.from({ length: 60 }, (_, i) => symptom.sample(now - (60 - i) * 500)));
    return symptom;
  }

  become(value: number): void {
    this.value = value;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(timeMs: number) {
    return {
      name: this.name,
      labels: { service: 'cart' },
      value: this.value,
      timestamp: new Date(timeMs).toISOString(),
    };
  }

  private async send(samples: object[]): Promise<void> {
    await this.app.post('/api/telemetry/samples', { samples }).catch(() => undefined);
  }
}

const verify = (name: string, more: object = {}) => ({
  series: `${name}{service="cart"}`,
  op: '<',
  threshold: 10,
  for: 2,
  timeout: 4,
  ...more,
});

describe('the verification of what was done', () => {
  let bench: RemediationBench;
  let second: TestApp;
  const symptoms: Symptom[] = [];

  beforeAll(async () => {
    bench = await RemediationBench.start({ SECRETS_KEY });
    // A second process looks as well, whose wall clock is a day ahead.
    second = await TestApp.start({ SECRETS_KEY }, bench.app.database);
    second.app.get(Clock).now = () => new Date(Date.now() + DAY_MS);
  });
  afterEach(() => symptoms.splice(0).forEach((symptom) => symptom.stop()));
  afterAll(async () => {
    await second?.stop();
    await bench?.stop();
  });

  async function suffering(name: string, bad = 50): Promise<Symptom> {
    const symptom = await Symptom.begin(bench.app, name, bad);
    symptoms.push(symptom);
    return symptom;
  }

  async function executed(members: object): Promise<number> {
    const id = await bench.approved(members);
    await bench.verb(id, 'execute');
    await bench.ended(id);
    return id;
  }

  const verificationOf = async (id: number) =>
    (await bench.app.get(`/api/remediation/actions/${id}/verification`)).body.data.verification;

  const judged = (id: number): Promise<any> =>
    eventually(
      () => verificationOf(id),
      ({ state }) => state === 'judged',
      30_000,
    );

  const actionOf = async (id: number) =>
    (await bench.app.get(`/api/remediation/actions/${id}`)).body.data.remediation_action;

  const rollbacksOf = async (id: number) => {
    const { remediation_actions: actions } = (await bench.app.get('/api/remediation/actions?per_page=100'))
      .body.data as {
      remediation_actions: { rollback_of: number | null; status: string; action_type: string }[];
    };
    return actions.filter(({ rollback_of: of }) => of === id);
  };

  it('tells a remedy that helped from one that only went well, takes the second back, and counts the first alone', async () => {
    const sick = await suffering('queue_a');
    const helpful = await bench.approved({ verify: verify('queue_a') });
    bench.target.answer = (_, response) => {
      sick.become(1);
      response.end('{}');
    };
    await bench.verb(helpful, 'execute');
    await bench.ended(helpful);
    bench.target.answer = (_, response) => response.end('{}');
    expect((await actionOf(helpful)).outcome).toBeNull();
    expect(await judged(helpful)).toMatchObject({
      symptom: 'condition',
      outcome: 'verified',
      measured: { before: 50, after: 1 },
    });

    await suffering('queue_b');
    const sentBefore = bench.target.requests.length;
    const useless = await executed({
      action_type: 'scale_up',
      parameters: { by: 2 },
      verify: verify('queue_b', { roll_back: 'no_effect' }),
    });
    expect(await judged(useless)).toMatchObject({ outcome: 'no_effect', recovered_at: null });
    const [rollback] = await eventually(
      () => rollbacksOf(useless),
      ([first]) => first?.status === 'completed',
      30_000,
    );
    expect(rollback).toMatchObject({ action_type: 'scale_down', parameters: { by: 2 }, origin: 'rollback' });
    expect(await rollbacksOf(useless)).toHaveLength(1);
    const sent = bench.target.requests.slice(sentBefore).map(({ body }) => JSON.parse(body).type as string);
    expect(sent).toEqual(['remediation.scale_up', 'remediation.scale_down']);

    const { stats } = (await bench.app.get('/api/remediation/stats')).body.data;
    expect(stats).toMatchObject({
      success_rate: 100,
      verified_success_rate: 50,
      by_outcome: { verified: 1, no_effect: 1 },
    });
    const { remediation_actions: verified } = (
      await bench.app.get('/api/remediation/actions?outcome=verified')
    ).body.data;
    expect(verified.map(({ id }: { id: number }) => id)).toEqual([helpful]);
    const { logs } = (await bench.app.get(`/api/remediation/actions/${useless}/logs?per_page=100`)).body.data;
    expect(logs.map(({ event }: { event: string }) => event)).toEqual(
      expect.arrayContaining(['verifying', 'no_effect']),
    );
  });

  it('takes back what made things worse, without anybody having declared it, and says so before the time is up', async () => {
    const sick = await suffering('queue_c');
    const id = await bench.approved({
      action_type: 'scale_up',
      parameters: { by: 1 },
      verify: verify('queue_c', { timeout: 60 }),
    });
    bench.target.answer = (_, response) => {
      sick.become(500);
      response.end('{}');
    };
    await bench.verb(id, 'execute');
    await bench.ended(id);
    bench.target.answer = (_, response) => response.end('{}');
    const { outcome, judged_at: judgedAt, until } = await judged(id);
    expect(outcome).toBe('made_worse');
    expect(Date.parse(judgedAt)).toBeLessThan(Date.parse(until));
    await eventually(
      () => rollbacksOf(id),
      ([first]) => first?.status === 'completed',
      30_000,
    );
    const [{ id: rollbackId }] = (await rollbacksOf(id)) as unknown as { id: number }[];
    const { approvals } = (await bench.app.get(`/api/remediation/actions/${rollbackId}/approval`)).body.data
      .approval;
    expect(approvals).toMatchObject([{ by_kind: 'rollback', by: `action ${id}` }]);
    // What takes another back was not meant to help by itself.
    expect(await judged(rollbackId)).toMatchObject({ symptom: 'nothing', outcome: 'unverified' });
  });

  it('takes nothing back where that was declared', async () => {
    const sick = await suffering('queue_d');
    const id = await bench.approved({
      action_type: 'scale_up',
      parameters: { by: 1 },
      verify: verify('queue_d', { roll_back: 'never' }),
    });
    bench.target.answer = (_, response) => {
      sick.become(500);
      response.end('{}');
    };
    await bench.verb(id, 'execute');
    await bench.ended(id);
    expect((await judged(id)).outcome).toBe('made_worse');
    bench.target.answer = (_, response) => response.end('{}');
    expect(await rollbacksOf(id)).toEqual([]);
  });

  it('holds a rollback up where policies forbid it, and says so', async () => {
    const policy = await bench.app.post('/api/remediation/policies', {
      verdict: 'deny',
      action_type: 'scale_down',
    });
    await suffering('queue_e');
    const id = await executed({
      action_type: 'scale_up',
      parameters: { by: 1 },
      verify: verify('queue_e', { roll_back: 'no_effect' }),
    });
    const [rollback] = (await eventually(
      () => rollbacksOf(id),
      ({ length }) => length === 1,
      30_000,
    )) as unknown as { id: number; status: string }[];
    const { logs } = await eventually(
      async () => (await bench.app.get(`/api/remediation/actions/${rollback.id}/logs`)).body.data,
      ({ logs: lines }) => lines.some(({ event }: { event: string }) => event === 'held'),
    );
    expect(logs.at(-1).message).toMatch(/forbids scale_down/);
    expect((await actionOf(rollback.id)).status).toBe('pending');
    await bench.app.delete(`/api/remediation/policies/${policy.body.data.policy.id}`);
  });

  it('says that nobody can tell where there is nothing to look at', async () => {
    const id = await executed({});
    expect(await judged(id)).toMatchObject({ symptom: 'nothing', outcome: 'unverified' });
    expect((await actionOf(id)).outcome).toBe('unverified');
  });

  it('makes another plan of another declaration, and shows it before the approval', async () => {
    const first = await actionOf(await bench.propose({ verify: verify('queue_a') }));
    const second = await actionOf(await bench.propose({ verify: verify('queue_a', { roll_back: 'never' }) }));
    expect(second.plan_hash).not.toBe(first.plan_hash);
    expect(first.verify).toMatchObject({
      query: { selector: 'queue_a{service="cart"}' },
      roll_back: 'made_worse',
    });
    const edited = await bench.app.put(`/api/remediation/actions/${first.id}`, {
      verify: verify('queue_a', { roll_back: 'never' }),
    });
    expect(edited.body.data.remediation_action.plan_hash).toBe(second.plan_hash);
  });

  it('refuses what is no declaration or no selector', async () => {
    const propose = (declared: object) =>
      bench.app.post('/api/remediation/actions', {
        action_type: 'restart_service',
        action_name: 'Restart',
        description: 'It leaks',
        verify: declared,
      });
    expect(await propose({ op: '<' })).toMatchObject({
      status: 400,
      body: { message: 'Missing required field: verify.threshold' },
    });
    expect(await propose({ ...verify('x'), series: 'up{' })).toMatchObject({ status: 400 });
    expect((await bench.app.get('/api/remediation/actions/999999/verification')).status).toBe(404);
  });

  it('is as the rule says that chose the remedy, or its runbook', async () => {
    const declared = verify('queue_a', { roll_back: 'never' });
    const { body } = await bench.app.post('/api/remediation/rules', {
      name: 'Restart what is full',
      position: 1,
      series: 'queue_full',
      action_type: 'restart_service',
      verify: declared,
    });
    const { id: ruleId, verify: stated } = body.data.rule;
    const [listed] = (await bench.app.get('/api/remediation/rules')).body.data.rules;
    expect([listed.id, listed.verify]).toEqual([ruleId, stated]);
    const anomaly = await bench.app.post('/api/anomalies', {
      title: 'Queue full',
      description: 'It is',
      severity: 'critical',
      anomaly_score: 0.95,
      confidence: 0.9,
      labels: { service: 'cart' },
    });
    await bench.app.database.query(`UPDATE anomalies SET metric = '{"name": "queue_full"}' WHERE id = $1`, [
      anomaly.body.data.anomaly.id,
    ]);
    const proposed = await bench.app.post('/api/remediation/proposals', {
      anomaly_id: anomaly.body.data.anomaly.id,
    });
    const [{ id }] = proposed.body.data.remediation_actions;
    expect((await actionOf(id)).verify).toEqual(stated);
    expect(stated).toMatchObject({ query: { selector: 'queue_a{service="cart"}' }, roll_back: 'never' });
    await bench.app.delete(`/api/remediation/rules/${ruleId}`);
  });

  it('is about the anomaly where nothing else is declared: it helped once the alert resolved by itself', async () => {
    const alert = { labels: { alertname: 'QueueFull', service: 'cart' }, annotations: {} };
    await bench.app.post('/api/v2/alerts', [alert]);
    const anomaly = await eventually(
      async () => (await bench.app.get('/api/anomalies?per_page=1')).body.data.anomalies[0],
      (found) => found?.title.includes('QueueFull'),
    );
    const id = await bench.approved({ anomaly_id: anomaly.id });
    bench.target.answer = (_, response) => {
      void bench.app.post('/api/v2/alerts', [{ ...alert, endsAt: new Date().toISOString() }]);
      response.end('{}');
    };
    await bench.verb(id, 'execute');
    await bench.ended(id);
    expect(await judged(id)).toMatchObject({ symptom: 'anomaly', outcome: 'verified' });
    const evidence = await bench.app.database.query(
      'SELECT action_type, remedy, anomaly_class, target_group, outcome FROM remediation_evidence WHERE action_id = $1',
      [id],
    );
    expect(evidence).toEqual([
      {
        action_type: 'restart_service',
        remedy: 'restart_service',
        anomaly_class: 'alert:QueueFull',
        target_group: 'cart',
        outcome: 'verified',
      },
    ]);
  });

  it('is said once of each action, by whichever process looks', async () => {
    const said = await bench.app.database.query<{ verdicts: number; actions: number; judged: number }>(
      `SELECT count(*)::integer AS verdicts, count(DISTINCT subject_id)::integer AS actions,
         (SELECT count(*)::integer FROM remediation_verifications WHERE state = 'judged') AS judged
       FROM audit_log WHERE action = 'remediation.verified'`,
    );
    const [{ verdicts, actions, judged: all }] = said;
    expect([verdicts, actions]).toEqual([all, all]);
    expect(all).toBeGreaterThan(6);
  });
});
