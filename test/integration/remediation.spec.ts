import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { eventually, TestApp } from '../support/test-app';

/** A target that counts what reaches it. */
class Target {
  readonly requests: { key: string; fence: number }[] = [];
  status = 200;
  hold: Promise<void> | null = null;
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Target> {
    const server = createServer((request, response) => {
      target.requests.push({
        key: String(request.headers['idempotency-key']),
        fence: Number(request.headers['x-fencing-token']),
      });
      request.resume();
      void (target.hold ?? Promise.resolve()).then(() => response.writeHead(target.status).end('{}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const target = new Target(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return target;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe('remediation', () => {
  let app: TestApp;
  let target: Target;
  let targetId: number;

  beforeAll(async () => {
    app = await TestApp.start();
    target = await Target.start();
    const [row] = await app.database.query<{ id: number }>(
      `INSERT INTO remediation_targets (name, settings) VALUES ('cart', $1) RETURNING id::int`,
      [JSON.stringify({ url: target.url })],
    );
    targetId = row.id;
    await app.put('/api/remediation/limits', { cooldown_seconds: 0, actions_per_hour: 1000, actions_per_hour_per_target: 1000 });
  });
  afterAll(async () => {
    target.stop();
    await app.stop();
  });

  const propose = async (members: object = {}) => {
    const made = await app.post(
      '/api/remediation/actions',
      { action_type: 'restart_service', action_name: 'Restart', description: 'It leaks', target_id: targetId, ...members },
      { token: await app.tokenOf('operator') },
    );
    expect(made.status).toBe(201);
    return made.body.data.remediation_action;
  };
  const verb = (id: number, word: string, body?: object) => app.post(`/api/remediation/actions/${id}/${word}`, body);
  const statusOf = async (id: number) => (await app.get(`/api/remediation/actions/${id}/status`)).body.data;
  const ended = (id: number) =>
    eventually(
      () => statusOf(id),
      ({ remediation_action: { status } }) => ['completed', 'failed', 'cancelled'].includes(status),
    );

  it('does what was approved, once, and keeps the trail', async () => {
    const action = await propose();
    expect(action).toMatchObject({ status: 'pending', risk: expect.any(String), approvals_required: 1 });
    const view = await app.get(`/api/remediation/actions/${action.id}/approval`);
    expect(view.status).toBe(200);
    const approved = await verb(action.id, 'approve', { plan_hash: action.plan_hash });
    expect(approved.body).toMatchObject({ status: 'success', data: { remediation_action: { status: 'approved' } } });
    const executed = await verb(action.id, 'execute');
    expect(executed.body.data.remediation_action.status).toBe('in_progress');
    const { remediation_action, steps } = await ended(action.id);
    expect(remediation_action).toMatchObject({ status: 'completed', execution_result: { success: true, error: null } });
    expect(steps).toMatchObject([{ state: 'succeeded', attempt: 1 }]);
    expect(target.requests.filter(({ key }) => key === steps[0].id)).toHaveLength(1);
    const logs = await app.get(`/api/remediation/actions/${action.id}/logs?per_page=50`);
    expect(logs.body.data.logs.map(({ event }: { event: string }) => event)).toEqual([
      'proposed',
      'approved',
      'executed',
      'claimed',
      'output',
      'step_succeeded',
      'completed',
    ]);
  });

  it('is not approved by whoever asked for it', async () => {
    const action = await propose();
    const own = await app.post(`/api/remediation/actions/${action.id}/approve`, {}, { token: await app.tokenOf('operator') });
    expect(own.status).toBe(403);
    expect(own.body.code).toBe('remediation/own-request');
  });

  it('is executed from pending only where a policy allows it', async () => {
    const action = await propose();
    const refused = await verb(action.id, 'execute');
    expect(refused.status).toBe(409);
    expect(refused.body.message).toMatch(/^Cannot execute action with status: pending/);
    const harmless = await propose({ action_type: 'enhance_monitoring' });
    expect((await verb(harmless.id, 'execute')).status).toBe(200);
    expect((await ended(harmless.id)).remediation_action.status).toBe('completed');
  });

  it('loses its approvals by an edit', async () => {
    const action = await propose();
    await verb(action.id, 'approve');
    const edited = await app.put(`/api/remediation/actions/${action.id}`, { parameters: { grace_seconds: 5 } });
    expect(edited.body.data.remediation_action).toMatchObject({ status: 'pending', approved_by: null });
    expect((await verb(action.id, 'approve', { plan_hash: action.plan_hash })).body.code).toBe('remediation/plan-changed');
    expect((await verb(action.id, 'execute')).status).toBe(409);
  });

  it('is stopped by a freeze before anything is sent, and goes on after it', async () => {
    const action = await propose();
    await verb(action.id, 'approve');
    await app.post('/api/remediation/freeze', { reason: 'night' });
    const refused = await verb(action.id, 'execute');
    expect(refused.body).toMatchObject({ code: 'remediation/denied' });
    await app.post('/api/remediation/unfreeze');
    expect((await verb(action.id, 'execute')).status).toBe(200);
    expect((await ended(action.id)).remediation_action.status).toBe('completed');
  });

  it('says that a cancellation comes too late once it was sent', async () => {
    let release = (): void => undefined;
    target.hold = new Promise((resolve) => (release = resolve));
    const action = await propose();
    await verb(action.id, 'approve');
    await verb(action.id, 'execute');
    await eventually(
      () => statusOf(action.id),
      ({ steps }) => steps[0].state === 'dispatching',
    );
    const late = await verb(action.id, 'cancel');
    expect(late.status).toBe(409);
    expect(late.body.code).toBe('remediation/already-dispatching');
    release();
    target.hold = null;
    await ended(action.id);
  });

  it('fails saying how to configure what is missing', async () => {
    const action = await propose({ target_id: undefined });
    await verb(action.id, 'approve');
    const executed = await verb(action.id, 'execute');
    expect(executed.body.data.remediation_action).toMatchObject({ status: 'failed', error_message: expect.stringContaining('/api/remediation/targets') });
  });
});
