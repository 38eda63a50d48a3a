import { RemediationBench } from '../support/remediation-bench';
import { eventually } from '../support/test-app';

describe('remediation', () => {
  let bench: RemediationBench;

  beforeAll(async () => {
    bench = await RemediationBench.start();
  });
  afterAll(() => bench.stop());

  const proposed = async (members: object = {}) => {
    const id = await bench.propose(members);
    return (await bench.app.get(`/api/remediation/actions/${id}`)).body.data.remediation_action;
  };

  it('does what was approved, once, and keeps the trail', async () => {
    const action = await proposed();
    expect(action).toMatchObject({ status: 'pending', risk: expect.any(String), approvals_required: 1 });
    const view = await bench.app.get(`/api/remediation/actions/${action.id}/approval`);
    expect(view.status).toBe(200);
    const approved = await bench.verb(action.id, 'approve', { plan_hash: action.plan_hash });
    expect(approved.body).toMatchObject({
      status: 'success',
      data: { remediation_action: { status: 'approved' } },
    });
    const executed = await bench.verb(action.id, 'execute');
    expect(executed.body.data.remediation_action.status).toBe('in_progress');
    const { remediation_action, steps } = await bench.ended(action.id);
    expect(remediation_action).toMatchObject({
      status: 'completed',
      execution_result: { success: true, error: null },
    });
    expect(steps).toMatchObject([{ state: 'succeeded', attempt: 1 }]);
    expect(
      bench.target.requests.filter(({ headers }) => headers['idempotency-key'] === steps[0].id),
    ).toHaveLength(1);
    const logs = await bench.app.get(`/api/remediation/actions/${action.id}/logs?per_page=50`);
    expect(logs.body.data.logs.map(({ event }: { event: string }) => event)).toEqual([
      'proposed',
      'approved',
      'executed',
      'claimed',
      'output',
      'output',
      'step_succeeded',
      'completed',
      'unverified',
    ]);
  });

  it('is not approved by whoever asked for it', async () => {
    const action = await proposed();
    const own = await bench.app.post(
      `/api/remediation/actions/${action.id}/approve`,
      {},
      { token: await bench.app.tokenOf('operator') },
    );
    expect(own.status).toBe(403);
    expect(own.body.code).toBe('remediation/own-request');
  });

  it('takes nothing from a body that only the product may say', async () => {
    const forged = {
      id: 1,
      status: 'approved',
      approved_by: 'forged',
      approvals_required: 0,
      plan_hash: 'forged',
      requested_by: 'forged',
      origin: 'rule',
      risk: 'low',
      executed_by: 'forged',
    };
    const { id, ...action } = await proposed(forged);
    expect(action).toMatchObject({
      status: 'pending',
      approvals_required: 1,
      origin: 'manual',
      risk: 'high',
    });
    const edited = await bench.app.put(`/api/remediation/actions/${id}`, forged);
    expect(edited.body.data.remediation_action).toMatchObject({
      id,
      status: 'pending',
      approvals_required: 1,
    });
    expect(JSON.stringify([action, edited.body])).not.toContain('forged');
    expect((await bench.verb(id, 'execute')).body.code).toBe('remediation/approval-required');
  });

  it('is executed from pending only where a policy allows it', async () => {
    const action = await proposed();
    const refused = await bench.verb(action.id, 'execute');
    expect(refused.status).toBe(409);
    expect(refused.body.message).toMatch(/^Cannot execute action with status: pending/);
    const harmless = await proposed({ action_type: 'enhance_monitoring' });
    expect((await bench.verb(harmless.id, 'execute')).status).toBe(200);
    expect((await bench.ended(harmless.id)).remediation_action.status).toBe('completed');
  });

  it('loses its approvals by an edit', async () => {
    const action = await proposed();
    await bench.verb(action.id, 'approve');
    const edited = await bench.app.put(`/api/remediation/actions/${action.id}`, {
      parameters: { grace_seconds: 5 },
    });
    expect(edited.body.data.remediation_action).toMatchObject({ status: 'pending', approved_by: null });
    expect((await bench.verb(action.id, 'approve', { plan_hash: action.plan_hash })).body.code).toBe(
      'remediation/plan-changed',
    );
    expect((await bench.verb(action.id, 'execute')).status).toBe(409);
  });

  it('is stopped by a freeze before anything is sent, and goes on after it', async () => {
    const action = await proposed();
    await bench.verb(action.id, 'approve');
    await bench.app.post('/api/remediation/freeze', { reason: 'night' });
    const refused = await bench.verb(action.id, 'execute');
    expect(refused.body).toMatchObject({ code: 'remediation/denied' });
    expect((await bench.app.get('/metrics')).text).toMatch(/^remediation_frozen 1$/m);
    await bench.app.post('/api/remediation/unfreeze');
    expect((await bench.verb(action.id, 'execute')).status).toBe(200);
    expect((await bench.ended(action.id)).remediation_action.status).toBe('completed');
  });

  it('says that a cancellation comes too late once it was sent', async () => {
    let release = (): void => undefined;
    bench.target.answer = (_, response) => (release = () => response.end('{}'));
    const action = await proposed();
    await bench.verb(action.id, 'approve');
    await bench.verb(action.id, 'execute');
    await eventually(
      () => bench.progress(action.id),
      ({ steps }) => steps[0].state === 'dispatching' && bench.target.requests.length > 0,
    );
    const late = await bench.verb(action.id, 'cancel');
    expect(late.status).toBe(409);
    expect(late.body.code).toBe('remediation/already-dispatching');
    release();
    bench.target.answer = (_, response) => response.end('{}');
    await bench.ended(action.id);
  });

  it('fails saying how to configure what is missing', async () => {
    const action = await proposed({ target_id: undefined });
    await bench.verb(action.id, 'approve');
    const executed = await bench.verb(action.id, 'execute');
    expect(executed.body.data.remediation_action).toMatchObject({
      status: 'failed',
      error_message: expect.stringContaining('/api/remediation/targets'),
    });
  });
});
