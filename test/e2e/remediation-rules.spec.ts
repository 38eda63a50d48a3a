import { TestApp } from '../support/test-app';

const RULES = '/api/remediation/rules';
const EVALUATE = '/api/remediation/evaluate';

interface Evaluated {
  needs_remediation: boolean;
  severity: string;
  issues: string[];
  result: string;
  candidates: { rule: string; matched: boolean; why: string }[];
  chosen: { rule: string; runbook: { name: string; version: number } | null }[];
  actions: {
    step: string;
    action_type: string;
    priority: string;
    parameters: object;
    requires_approval: boolean;
    target: null;
    target_reason: string;
  }[];
  blocked: { rule: string; why: string }[];
}

describe('remediation rules', () => {
  let server: TestApp;
  beforeAll(async () => (server = await TestApp.start()));
  afterAll(() => server.stop());

  const evaluate = async (anomaly: object): Promise<Evaluated> => {
    const { status, body } = await server.post(EVALUATE, { anomaly });
    expect([status, body.message]).toEqual([200, undefined]);
    return body.data.evaluation as Evaluated;
  };
  const actionsOf = ({ actions }: Evaluated): string[] =>
    actions.map(
      ({ action_type, priority, requires_approval }) =>
        `${action_type} ${priority}${requires_approval ? ' after approval' : ''}`,
    );
  const make = async (body: object): Promise<number> => {
    const answer = await server.post(RULES, body);
    expect([answer.status, answer.body.message]).toEqual([201, 'Remediation rule created successfully']);
    return answer.body.data.rule.id as number;
  };
  const remove = (id: number) => server.delete(`${RULES}/${id}`);

  describe('as shipped do what the contract’s engine does', () => {
    const LOOK = 'enhance_monitoring low';
    it.each<[anomaly: object, severity: string, isNeeded: boolean, actions: string[]]>([
      [
        { anomaly_score: 0.95, metrics: { cpu_usage_avg: 95 } },
        'critical',
        true,
        ['restart_service critical after approval', LOOK],
      ],
      [
        { anomaly_score: 0.9, metrics: { memory_usage_pct: 90 } },
        'critical',
        true,
        ['restart_service critical after approval', LOOK],
      ],
      [
        { severity: 'critical', metrics: { disk_usage_pct: 97 } },
        'critical',
        true,
        ['cleanup_disk critical', LOOK],
      ],
      [
        { severity: 'critical', metrics: { cpu_usage_avg: 91, memory_usage_pct: 96, disk_usage_pct: 86 } },
        'critical',
        true,
        ['restart_service critical after approval', 'cleanup_disk critical', LOOK],
      ],
      [
        { anomaly_score: 0.7, metrics: { cpu_usage_avg: 85 } },
        'high',
        true,
        ['scale_up high after approval', LOOK],
      ],
      [{ severity: 'high', metrics: { disk_usage_pct: 90 } }, 'high', true, ['cleanup_disk high', LOOK]],
      [
        { severity: 'high', metrics: { network_bytes_total: 2e9, response_time_p95: 9 } },
        'high',
        true,
        [LOOK],
      ],
      [{ severity: 'high' }, 'high', true, [LOOK]],
      [
        { severity: 'medium', metrics: { response_time_p95: 6 } },
        'medium',
        false,
        ['optimize_performance medium'],
      ],
      [{ severity: 'medium', metrics: { cpu_usage_avg: 99 } }, 'medium', false, []],
      [{ anomaly_score: 0.3, metrics: { cpu_usage_avg: 99 } }, 'low', false, []],
      [{ anomaly_score: 0.1, metrics: { cpu_usage_avg: 99 } }, 'normal', false, []],
    ])('with %j', async (anomaly, severity, isNeeded, actions) => {
      const evaluated = await evaluate(anomaly);
      expect(evaluated).toMatchObject({
        severity,
        needs_remediation: isNeeded,
        result: actions.length > 0 ? 'success' : 'no_actions',
        blocked: [],
      });
      expect(actionsOf(evaluated)).toEqual(actions);
    });

    it('and name each issue once, the worst of a metric only', async () => {
      const metrics = { cpu_usage_avg: 99, memory_usage_pct: 99, response_time_p95: 6 };
      expect((await evaluate({ severity: 'high', metrics })).issues).toEqual([
        'high_cpu_usage',
        'critical_memory_usage',
        'slow_response_time',
      ]);
    });
  });

  it('say of every rule why it was chosen or not, and of every action what it would be done to', async () => {
    const { candidates, chosen, actions } = await evaluate({
      severity: 'high',
      metrics: { cpu_usage_avg: 85 },
    });
    expect(candidates.map(({ matched, why }) => [matched, why])).toEqual([
      [false, 'severity is high, below critical'],
      [false, 'severity is high, below critical'],
      [true, 'severity is high; elevated_cpu_usage is seen'],
      [false, 'none of critical_disk_usage, high_disk_usage is seen'],
      [false, 'severity is high, above medium'],
      [true, 'severity is high'],
    ]);
    expect(chosen[0]).toMatchObject({ rule: 'High, CPU or memory: scale up', runbook: null });
    expect(actions[0]).toMatchObject({
      step: 'scale_up',
      parameters: { by: 1 },
      target: null,
      target_reason: 'no enabled target is bound to an anomaly without labels',
    });
  });

  it('of people come before the shipped ones, and end the search', async () => {
    const id = await make({
      name: 'Checkout is special',
      matchers: ['service="checkout"', 'env=~"prod.*"'],
      sources: ['ml_model'],
      series: 'cpu_*',
      min_severity: 'medium',
      action_type: 'custom',
      parameters: { text: '{{ anomaly.labels.service }} is {{ anomaly.severity }}' },
      priority: 'high',
      cooldown_seconds: 600,
    });
    const anomaly = {
      severity: 'critical',
      source: 'ml_model',
      series: 'cpu_usage_avg',
      labels: { service: 'checkout', env: 'production' },
      metrics: { cpu_usage_avg: 99 },
    };
    const evaluated = await evaluate(anomaly);
    expect(evaluated.actions).toMatchObject([
      { action_type: 'custom', priority: 'high', parameters: { text: 'checkout is critical' } },
    ]);
    expect(evaluated.candidates[1].why).toBe('Checkout is special comes first and ends the search');
    expect(actionsOf(await evaluate({ ...anomaly, labels: { service: 'web' } }))).toContain(
      'restart_service critical after approval',
    );
    await remove(id);
  });

  it('choose the latest version of a runbook, filled in for the anomaly; text of a label stays a value', async () => {
    const runbook = {
      name: 'Restart and tell',
      description: 'd',
      parameters: { grace: { type: 'integer', min: 0, max: 60, default: 10 } },
      steps: [
        {
          name: 'Restart',
          action: 'restart_service',
          parameters: { grace_seconds: '{{ parameters.grace }}' },
          idempotent: false,
        },
        {
          name: 'Tell',
          action: 'custom',
          target: { name: 'pager' },
          parameters: { text: '{{ anomaly.labels.service }} on {{ target.name }}' },
          on_failure: 'continue',
        },
      ],
    };
    const saved = (await server.post('/api/remediation/runbooks', { definition: runbook })).body.data.runbook;
    const id = await make({
      name: 'By runbook',
      runbook_id: saved.id,
      min_severity: 'high',
      parameters: { grace: 30 },
    });
    await server.put(`/api/remediation/runbooks/${saved.id}`, {
      definition: { ...runbook, description: 'second' },
    });
    const service = '{{ anomaly.id }}"; reboot';
    const { chosen, actions } = await evaluate({ severity: 'high', labels: { service } });
    expect(chosen).toMatchObject([{ rule: 'By runbook', runbook: { name: 'Restart and tell', version: 2 } }]);
    expect(actions).toMatchObject([
      {
        step: 'Restart',
        action_type: 'restart_service',
        parameters: { grace_seconds: 30 },
        timeout_seconds: 300,
        on_failure: 'stop',
        is_idempotent: false,
      },
      { step: 'Tell', parameters: { text: `${service} on pager` }, on_failure: 'continue' },
    ]);
    const without = await evaluate({ severity: 'high' });
    expect(without).toMatchObject({
      result: 'blocked',
      actions: [],
      blocked: [{ rule: 'By runbook', why: 'steps[1] (Tell): {{ anomaly.labels.service }} has no value' }],
    });
    await remove(id);
  });

  it('that ask for the same ask once', async () => {
    const id = await make({
      name: 'Again',
      continues: true,
      min_severity: 'high',
      action_type: 'scale_up',
      parameters: { by: 1 },
    });
    const evaluated = await evaluate({ severity: 'high', metrics: { cpu_usage_avg: 95 } });
    expect(actionsOf(evaluated)).toEqual(['scale_up medium after approval', 'enhance_monitoring low']);
    expect(evaluated.blocked).toEqual([
      expect.objectContaining({ rule: 'High, CPU or memory: scale up', why: 'Again asks for the same' }),
    ]);
    await remove(id);
  });

  it('are evaluated for an anomaly on record, and nothing is written', async () => {
    const { id } = (
      await server.post('/api/anomalies', {
        title: 't',
        description: 'd',
        severity: 'high',
        anomaly_score: 0.7,
        confidence: 0.9,
        metrics_data: { disk_usage_pct: 91 },
      })
    ).body.data.anomaly as { id: number };
    const rows = async () =>
      server.database.query(
        `SELECT (SELECT count(*) FROM audit_log) AS audit, (SELECT count(*) FROM anomaly_history) AS history, (SELECT version FROM anomalies WHERE id = $1) AS version`,
        [id],
      );
    const before = await rows();
    const operator = { token: await server.tokenOf('operator') };
    const withOperator = await rows();
    const { body } = await server.post(EVALUATE, { anomaly_id: id }, operator);
    expect(actionsOf(body.data.evaluation as Evaluated)).toEqual([
      'cleanup_disk high',
      'enhance_monitoring low',
    ]);
    expect(await rows()).toEqual(withOperator);
    expect(before).toHaveLength(1);
    await server.delete(`/api/anomalies/${id}`);
    expect((await server.post(EVALUATE, { anomaly_id: id })).status).toBe(404);
  });

  it.each<[object, string]>([
    [{}, 'No data provided'],
    [{ other: 1 }, 'Invalid anomaly data: missing: anomaly_id or anomaly'],
    [{ anomaly_id: 1, anomaly: { severity: 'low' } }, 'Give either anomaly_id or anomaly'],
    [{ anomaly: {} }, 'Invalid anomaly data: missing: severity or anomaly_score'],
    [{ anomaly: [] }, 'anomaly must be an object'],
    [{ anomaly: { severity: 'fatal' } }, 'Invalid severity. Must be one of: low, medium, high, critical'],
    [{ anomaly: { anomaly_score: -1 } }, 'anomaly_score must be between 0 and 1'],
    [
      { anomaly: { severity: 'low', metrics: { cpu: 'high' } } },
      'metrics must be an object of at most 100 numbers',
    ],
    [{ anomaly_id: 'one' }, `anomaly_id must be an integer between 1 and ${Number.MAX_SAFE_INTEGER}`],
  ])('evaluate %j to: %s', async (body, message) => {
    const answer = await server.post(EVALUATE, body);
    expect([answer.status, answer.body.message]).toEqual([400, message]);
  });

  it('are listed in their order, changed as a whole, and removed', async () => {
    const id = await make({ name: 'First', position: 1, action_type: 'cleanup_logs' });
    const listed = (await server.get(RULES)).body.data.rules as {
      id: number;
      name: string;
      created_by: string;
    }[];
    expect(listed[0]).toMatchObject({ id, name: 'First', created_by: 'admin' });
    expect(listed.slice(1).map(({ created_by }) => created_by)).toEqual(
      Array.from({ length: 6 }, () => 'system'),
    );
    const changed = await server.put(`${RULES}/${id}`, {
      name: 'Last',
      position: 5_000,
      action_type: 'custom',
      enabled: false,
      version: 1,
    });
    expect(changed.body.data.rule).toMatchObject({
      name: 'Last',
      position: 5_000,
      action_type: 'custom',
      enabled: false,
      version: 2,
      priority: 'medium',
    });
    expect(
      (await server.put(`${RULES}/${id}`, { name: 'x', action_type: 'custom', version: 1 })).body,
    ).toMatchObject({
      code: 'rule/version-conflict',
      message: `Remediation rule ${id} was changed meanwhile: you have version 1, it is at 2`,
    });
    expect((await server.delete(`${RULES}/${id}?version=1`)).status).toBe(409);
    expect((await server.delete(`${RULES}/${id}?version=2`)).body.message).toBe(
      `Remediation rule with ID ${id} deleted successfully`,
    );
    expect((await server.get(`${RULES}/${id}`)).body.message).toBe(
      `Remediation rule with ID ${id} not found`,
    );
    const audited = await server.database.query<{
      action: string;
      before: { name: string };
      after: { name: string };
    }>(
      `SELECT action, before, after FROM audit_log WHERE subject_type = 'remediation_rule' AND subject_id = $1 ORDER BY id`,
      [String(id)],
    );
    expect(audited).toMatchObject([
      { action: 'remediation_rule.created', before: null, after: { name: 'First', position: 1 } },
      { action: 'remediation_rule.updated', before: { name: 'First' }, after: { name: 'Last' } },
      { action: 'remediation_rule.deleted', before: { name: 'Last' }, after: null },
    ]);
  });

  it('have names of their own, also when two take one at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => server.post(RULES, { name: 'Raced', action_type: 'custom' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    await remove(answers.find(({ status }) => status === 201)?.body.data.rule.id as number);
  });

  it('never choose a runbook that is retired meanwhile', async () => {
    const saved = (
      await server.post('/api/remediation/runbooks', {
        definition: { name: 'Raced', description: 'd', steps: [{ name: 'a', action: 'custom' }] },
      })
    ).body.data.runbook;
    const [made, retired] = await Promise.all([
      server.post(RULES, { name: 'Races', runbook_id: saved.id }),
      server.delete(`/api/remediation/runbooks/${saved.id}`),
    ]);
    expect([
      [201, 409],
      [409, 200],
    ]).toContainEqual([made.status, retired.status]);
  });

  it.each<[object, number, string]>([
    [{ action_type: 'custom' }, 400, 'Missing required field: name'],
    [{ name: 'x' }, 400, 'Give either runbook_id or action_type'],
    [{ name: 'x', action_type: 'custom', runbook_id: 1 }, 400, 'Give either runbook_id or action_type'],
    [{ name: 'x', runbook_id: 999_999 }, 404, 'Runbook with ID 999999 not found'],
    [{ name: 'x', action_type: 'terminate_instance' }, 400, 'Invalid action_type'],
    [
      { name: 'x', action_type: 'custom', priority: 'immediate' },
      400,
      'Invalid priority. Must be one of: low, medium, high, critical',
    ],
    [
      { name: 'x', action_type: 'custom', min_severity: 'high', max_severity: 'low' },
      400,
      'min_severity must not be above max_severity',
    ],
    [
      { name: 'x', action_type: 'custom', matchers: ['service=~"("'] },
      400,
      'the pattern "(" for label service cannot be read: error parsing regexp: missing closing ): `(?s)(`; patterns have RE2\'s syntax',
    ],
    [
      { name: 'x', action_type: 'custom', matchers: 'service' },
      400,
      'matchers must be a list of at most 30 texts of at most 2500 characters',
    ],
    [
      { name: 'x', action_type: 'custom', issues: ['slow'] },
      400,
      'issues must be a list of: high_cpu_usage, elevated_cpu_usage, critical_memory_usage, high_memory_usage, critical_disk_usage, high_disk_usage, high_network_usage, slow_response_time',
    ],
    [
      { name: 'x', action_type: 'custom', cooldown_seconds: -1 },
      400,
      'cooldown_seconds must be an integer between 0 and 604800',
    ],
    [{ name: 'x', action_type: 'custom', enabled: 'yes' }, 400, 'enabled must be true or false'],
    [
      { name: 'x', action_type: 'scale_up', parameters: { by: '2' } },
      400,
      'parameters.by must be an integer between 1 and 100',
    ],
    [
      { name: 'x', action_type: 'update_config', parameters: { key: 'a' } },
      400,
      'Missing required field: parameters.value',
    ],
    [
      { name: 'x', action_type: 'custom', parameters: { a: '{{ parameters.b }}' } },
      400,
      'parameters.a: {{ parameters.b }} is no parameter; there are none',
    ],
    [
      { name: 'x', action_type: 'custom', parameters: { a: '{{ env.SECRET }}' } },
      400,
      'parameters.a: {{ env.SECRET }} is no placeholder; there are {{ anomaly.id }}, {{ anomaly.severity }}, {{ anomaly.labels.NAME }}, {{ parameters.NAME }}, {{ target.name }}',
    ],
  ])('of %j are refused', async (body, status, message) => {
    const answer = await server.post(RULES, body);
    expect([answer.status, answer.body.message]).toEqual([status, message]);
  });

  it('of a runbook are held against its parameters', async () => {
    const saved = (
      await server.post('/api/remediation/runbooks', {
        definition: {
          name: 'With parameters',
          description: 'd',
          parameters: { size: { type: 'integer', max: 3, required: true } },
          steps: [{ name: 'a', action: 'custom', parameters: { size: '{{ parameters.size }}' } }],
        },
      })
    ).body.data.runbook;
    const refused = async (parameters: object): Promise<string> =>
      (await server.post(RULES, { name: 'Held', runbook_id: saved.id, parameters })).body.message as string;
    expect(await refused({})).toBe('Missing required field: parameters.size');
    expect(await refused({ size: 4 })).toBe(
      'parameters.size must be an integer between -9007199254740991 and 3',
    );
    expect(await refused({ size: 1, other: 2 })).toBe('parameters.other is no parameter of the runbook');
    expect(await refused({ size: 1, other: '{{ anomaly.id }}' })).toBe(
      'parameters.other is no parameter of the runbook',
    );
  });

  it('are read by viewers, evaluated by operators and made by admins', async () => {
    const as = async (role: 'viewer' | 'operator') => ({ token: await server.tokenOf(role) });
    expect((await server.get(RULES, await as('viewer'))).status).toBe(200);
    expect((await server.post(EVALUATE, { anomaly: { severity: 'low' } }, await as('viewer'))).status).toBe(
      403,
    );
    expect((await server.post(EVALUATE, { anomaly: { severity: 'low' } }, await as('operator'))).status).toBe(
      200,
    );
    expect(
      (await server.post(RULES, { name: 'x', action_type: 'custom' }, await as('operator'))).status,
    ).toBe(403);
  });
});
