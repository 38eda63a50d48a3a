import { ACTION_STATUSES } from '../../src/remediation/actions/action-lifecycle';
import { ACTION_TYPES, type ActionType } from '../../src/remediation/actions/action-type';
import { PRIORITIES } from '../../src/remediation/actions/priority';
import { TestApp } from '../support/test-app';

const ACTIONS = '/api/remediation/actions';
const restart = {
  action_type: 'restart_service',
  action_name: 'Restart the cart service',
  description: 'Its memory has grown for an hour',
};

/** What a type cannot be without. */
const PARAMETERS: Partial<Record<ActionType, object>> = { update_config: { key: 'workers', value: '4' } };

describe('remediation actions', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start({ REMEDIATION_FOUR_EYES: 'false' });
  });
  afterAll(() => server.stop());

  const propose = async (members: object = {}) => {
    const { status, body, text } = await server.post(ACTIONS, { ...restart, ...members });
    expect([status, text]).toEqual([201, expect.any(String)]);
    return body.data.remediation_action;
  };
  const verb = (id: number, name: string, body?: object) => server.post(`${ACTIONS}/${id}/${name}`, body);
  const list = async (query: string) => (await server.get(`${ACTIONS}?${query}`)).body.data;
  const anomaly = async (): Promise<number> =>
    (
      await server.post('/api/anomalies', {
        title: 'High CPU usage',
        description: 'd',
        severity: 'high',
        anomaly_score: 0.9,
        confidence: 0.9,
      })
    ).body.data.anomaly.id as number;

  describe('proposing one', () => {
    it('answers with the whole record, the contract’s defaults filled in', async () => {
      const { status, body } = await server.post(ACTIONS, restart);
      expect(status).toBe(201);
      expect(body).toMatchObject({
        status: 'success',
        message: 'Remediation action created successfully',
        data: {
          remediation_action: {
            ...restart,
            id: expect.any(Number),
            status: 'pending',
            priority: 'medium',
            parameters: {},
            anomaly_id: null,
            execution_result: null,
            error_message: null,
            approved_by: null,
            approved_at: null,
            executed_by: null,
            executed_at: null,
            origin: 'manual',
          },
        },
      });
      expect(body.data.remediation_action.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    it.each(['action_type', 'action_name', 'description'])('names the missing field %s', async (field) => {
      for (const missing of [undefined, null, '']) {
        const { status, body } = await server.post(ACTIONS, { ...restart, [field]: missing });
        expect([status, body.message]).toEqual([400, `Missing required field: ${field}`]);
      }
    });

    it('names the first missing field in the contract’s order, before any wrong one', async () => {
      const { body } = await server.post(ACTIONS, { description: 'd', priority: 'now' });
      expect(body.message).toBe('Missing required field: action_type');
      expect(body.errors.map(({ field }: { field: string }) => field)).toEqual([
        'action_type',
        'action_name',
        'priority',
      ]);
    });

    it.each([
      [{ action_type: 'terminate_instance' }, 'Invalid action_type'],
      [{ action_type: 7 }, 'Invalid action_type'],
      [{ priority: 'immediate' }, 'Invalid priority. Must be one of: low, medium, high, critical'],
      [{ action_type: 'x', priority: 'x' }, 'Invalid action_type'],
      [{ action_name: 'x'.repeat(101) }, 'action_name must be a string of at most 100 characters'],
    ])('refuses %j', async (wrong, message) => {
      const { status, body } = await server.post(ACTIONS, { ...restart, ...wrong });
      expect([status, body.status, body.message]).toEqual([400, 'error', message]);
    });

    it.each(ACTION_TYPES)('takes the type %s', async (type) => {
      expect((await propose({ action_type: type, parameters: PARAMETERS[type] })).action_type).toBe(type);
    });

    it.each(PRIORITIES)('takes the priority %s', async (priority) => {
      expect((await propose({ priority })).priority).toBe(priority);
    });

    it('takes an anomaly that exists, none, and no other', async () => {
      const id = await anomaly();
      expect((await propose({ anomaly_id: id })).anomaly_id).toBe(id);
      const unknown = await server.post(ACTIONS, { ...restart, anomaly_id: 999_999_999 });
      expect([unknown.status, unknown.body.message]).toEqual([404, 'Anomaly with ID 999999999 not found']);
    });

    it('says "No data provided" to no body, an empty object and a list', async () => {
      for (const body of [undefined, {}, []]) {
        const answer = await server.post(ACTIONS, body, { headers: { 'content-type': 'application/json' } });
        expect([answer.status, answer.body.message]).toEqual([400, 'No data provided']);
      }
    });

    it('never takes its status, its people or its outcome from a body', async () => {
      const forged = {
        id: 999_999,
        status: 'approved',
        version: 7,
        approved_by: 'mallory',
        approved_at: '2001-01-01T00:00:00Z',
        approvals_required: 0,
        requested_by: 'mallory',
        executed_by: 'mallory',
        execution_result: { success: true },
        outcome: 'verified',
        origin: 'rule',
        plan_hash: '0',
        risk: 'low',
        rollback_of: 1,
        created_at: '2001-01-01T00:00:00Z',
        extra: 1,
      };
      const made = await propose(forged);
      expect(made).toMatchObject({
        status: 'pending',
        version: 1,
        approved_by: null,
        approvals_required: 1,
        requested_by: 'admin',
        executed_by: null,
        execution_result: null,
        outcome: null,
        origin: 'manual',
        rollback_of: null,
      });
      expect(made.id).not.toBe(forged.id);
      expect(made).not.toHaveProperty('extra');
      const edited = await server.put(`${ACTIONS}/${made.id}`, {
        ...forged,
        version: 1,
        description: 'Still',
      });
      expect(edited.body.data.remediation_action).toMatchObject({
        id: made.id,
        status: 'pending',
        description: 'Still',
        approved_by: null,
        requested_by: 'admin',
        outcome: null,
      });
    });

    it('stores text exactly as sent', async () => {
      const text = `<script>alert("x")</script> '; DROP TABLE anomalies; -- \u202e é 🚀`;
      const { id } = await propose({ action_name: text });
      expect((await server.get(`${ACTIONS}/${id}`)).body.data.remediation_action.action_name).toBe(text);
    });

    it('has a short form at the domain’s root', async () => {
      const { status, body } = await server.post('/api/remediation', restart);
      expect([status, body.message, body.data.remediation_action.status]).toEqual([
        201,
        'Remediation action created successfully',
        'pending',
      ]);
    });
  });

  describe('proposing many', () => {
    it('makes all of them', async () => {
      const { status, body } = await server.post(`${ACTIONS}/batch`, { actions: [restart, restart] });
      expect([status, body.message, body.data.remediation_actions.length]).toEqual([
        201,
        '2 remediation actions created successfully',
        2,
      ]);
    });

    it.each([
      ['a wrong one', { ...restart, priority: 'now' }, 400],
      ['one whose anomaly is not there', { ...restart, anomaly_id: 999_999_999 }, 404],
    ])('makes none where there is %s among them', async (_, wrong, status) => {
      const { total } = (await list('')).pagination;
      const answer = await server.post(`${ACTIONS}/batch`, { actions: [restart, wrong] });
      expect(answer.status).toBe(status);
      expect((await list('')).pagination.total).toBe(total);
    });

    it('names the place of each broken rule', async () => {
      const { body } = await server.post(`${ACTIONS}/batch`, {
        actions: [restart, { ...restart, priority: 'now' }, 7],
      });
      expect(body.message).toBe('Invalid action in batch');
      expect(body.errors.map(({ field }: { field: string }) => field)).toEqual([
        'actions[1].priority',
        'actions[2]',
      ]);
    });

    it.each([
      [{ actions: [] }, 'No actions provided'],
      [{ actions: 7 }, 'Actions must be a list'],
      [{ actions: Array.from({ length: 101 }, () => restart) }, 'At most 100 actions in a batch'],
    ])('refuses a batch of the wrong size', async (body, message) => {
      const answer = await server.post(`${ACTIONS}/batch`, body);
      expect([answer.status, answer.body.message]).toEqual([400, message]);
    });
  });

  describe('reading them', () => {
    it('answers one by its id, with its version as ETag', async () => {
      const { id } = await propose();
      const { status, body, headers } = await server.get(`${ACTIONS}/${id}`);
      expect([status, body.data.remediation_action.id, headers.etag]).toEqual([200, id, '"1"']);
    });

    it.each([
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['GET', '/status'],
      ['GET', '/logs'],
      ['GET', '/logs/stream'],
      ['GET', '/approval'],
      ['POST', '/approve'],
      ['POST', '/reject'],
      ['POST', '/execute'],
      ['POST', '/cancel'],
      ['POST', '/reconcile'],
    ])('says that there is none: %s %s', async (method, path) => {
      const body =
        method === 'PUT' ? { description: 'd' } : method === 'POST' ? { end: 'failed' } : undefined;
      const { status, body: answer } = await server.call(method, `${ACTIONS}/999999999${path}`, { body });
      expect([status, answer.status, answer.message]).toEqual([
        404,
        'error',
        'Remediation action with ID 999999999 not found',
      ]);
    });

    it('filters by status, type, priority and anomaly, all together', async () => {
      const anomalyId = await anomaly();
      const wanted = await propose({ anomaly_id: anomalyId, priority: 'critical' });
      await propose({ anomaly_id: anomalyId, priority: 'low' });
      const rejected = await propose({
        anomaly_id: anomalyId,
        action_type: 'scale_up',
        priority: 'critical',
      });
      await verb(rejected.id as number, 'reject');
      const ids = async (query: string) =>
        (await list(`anomaly_id=${anomalyId}&${query}`)).remediation_actions.map(
          ({ id }: { id: number }) => id,
        );
      expect(await ids('')).toHaveLength(3);
      expect(await ids('status=rejected')).toEqual([rejected.id]);
      expect(await ids('action_type=scale_up')).toEqual([rejected.id]);
      expect(await ids('priority=critical')).toEqual([rejected.id, wanted.id]);
      expect(await ids('priority=critical&status=pending&action_type=restart_service')).toEqual([wanted.id]);
    });

    it.each([
      'status=executed',
      'action_type=terminate_instance',
      'priority=immediate',
      'anomaly_id=999999999',
    ])('matches nothing with %s', async (query) => {
      expect(await list(query)).toEqual({
        remediation_actions: [],
        pagination: { page: 1, per_page: 20, total: 0, pages: 0 },
      });
    });

    it('pages them, newest first', async () => {
      const anomalyId = await anomaly();
      const ids: number[] = [];
      for (let made = 0; made < 3; made += 1)
        ids.unshift((await propose({ anomaly_id: anomalyId })).id as number);
      const page = async (query: string) => {
        const { remediation_actions, pagination } = await list(`anomaly_id=${anomalyId}&${query}`);
        return [remediation_actions.map(({ id }: { id: number }) => id), pagination];
      };
      expect(await page('per_page=2')).toEqual([
        ids.slice(0, 2),
        { page: 1, per_page: 2, total: 3, pages: 2 },
      ]);
      expect(await page('per_page=2&page=2')).toEqual([
        ids.slice(2),
        { page: 2, per_page: 2, total: 3, pages: 2 },
      ]);
      expect(await page('limit=2&page=9')).toEqual([[], { page: 9, per_page: 2, total: 3, pages: 2 }]);
      expect(await page('per_page=1000')).toEqual([ids, { page: 1, per_page: 100, total: 3, pages: 1 }]);
      const wrong = await server.get(`${ACTIONS}?page=0`);
      expect([wrong.status, wrong.body.message]).toEqual([400, 'Invalid page number']);
    });

    it('are listed at the domain’s root as well, with and without a slash', async () => {
      const expected = await list('per_page=2');
      for (const path of ['/api/remediation', '/api/remediation/', `${ACTIONS}/`])
        expect((await server.get(`${path}?per_page=2`)).body.data).toEqual(expected);
    });

    it('tells what can be done', async () => {
      const { available_actions: actions } = (await server.get('/api/remediation/available-actions')).body
        .data;
      expect(actions.map(({ action_type }: { action_type: string }) => action_type).sort()).toEqual(
        [...ACTION_TYPES].sort(),
      );
    });
  });

  describe('editing one', () => {
    it('changes what it is, but never its status', async () => {
      const { id } = await propose();
      const { status, body } = await server.put(`${ACTIONS}/${id}`, {
        action_name: 'Another',
        description: 'Other words',
        priority: 'high',
        parameters: { grace_seconds: 5 },
        status: 'completed',
      });
      expect([status, body.message]).toEqual([200, 'Remediation action updated successfully']);
      expect(body.data.remediation_action).toMatchObject({
        action_name: 'Another',
        description: 'Other words',
        priority: 'high',
        parameters: { grace_seconds: 5 },
        status: 'pending',
        version: 2,
      });
    });

    it('is refused for a version that is not the latest', async () => {
      const { id } = await propose();
      await server.put(`${ACTIONS}/${id}`, { description: 'first' });
      const late = await server.put(`${ACTIONS}/${id}`, { description: 'second', version: 1 });
      expect([late.status, late.body.code]).toEqual([409, 'remediation/version-conflict']);
    });

    it('says which priorities there are', async () => {
      const { id } = await propose();
      const { status, body } = await server.put(`${ACTIONS}/${id}`, { priority: 'now' });
      expect([status, body.message]).toEqual([
        400,
        'Invalid priority. Must be one of: low, medium, high, critical',
      ]);
    });

    it('hides it on DELETE', async () => {
      const { id } = await propose();
      const { status, body } = await server.delete(`${ACTIONS}/${id}`);
      expect([status, body.message]).toEqual([200, `Remediation action with ID ${id} deleted successfully`]);
      expect((await server.get(`${ACTIONS}/${id}`)).status).toBe(404);
      expect((await server.delete(`${ACTIONS}/${id}`)).status).toBe(404);
    });
  });

  describe('on its way', () => {
    it('is approved once, and says by whom', async () => {
      const { id } = await propose();
      const { status, body } = await verb(id as number, 'approve');
      expect([status, body.message]).toEqual([200, 'Remediation action approved successfully']);
      expect(body.data.remediation_action).toMatchObject({
        status: 'approved',
        approved_by: 'admin',
        approved_at: expect.any(String),
      });
      const again = await verb(id as number, 'approve');
      expect([again.status, again.body.message]).toEqual([
        409,
        'Cannot approve action with status: approved',
      ]);
    });

    it('is rejected with a reason', async () => {
      const { id } = await propose();
      const { status, body } = await verb(id as number, 'reject', { reason: 'Not now' });
      expect([status, body.message]).toEqual([200, 'Remediation action rejected successfully']);
      expect(body.data.remediation_action).toMatchObject({
        status: 'rejected',
        rejected_by: 'admin',
        rejected_reason: 'Not now',
      });
      for (const name of ['approve', 'execute', 'cancel']) {
        const refused = await verb(id as number, name);
        expect([refused.status, refused.body.message]).toEqual([
          409,
          `Cannot ${name} action with status: rejected`,
        ]);
      }
    });

    it.each(['pending', 'approved'])('is cancelled while it is %s', async (from) => {
      const { id } = await propose();
      if (from === 'approved') await verb(id as number, 'approve');
      const { status, body } = await verb(id as number, 'cancel');
      expect([status, body.message, body.data.remediation_action.status]).toEqual([
        200,
        'Remediation action cancelled successfully',
        'cancelled',
      ]);
      const again = await verb(id as number, 'cancel');
      expect([again.status, again.body.message]).toEqual([
        409,
        'Cannot cancel action with status: cancelled',
      ]);
    });

    it('is executed, and has failed truthfully where nothing is set up that could do it', async () => {
      const { id } = await propose();
      await verb(id as number, 'approve');
      const { status, body } = await verb(id as number, 'execute', { reason: 'Now', priority: 'high' });
      expect([status, body.message]).toEqual([200, 'Remediation action executed successfully']);
      expect(body.data).toMatchObject({
        remediation_action: { status: 'failed', executed_by: 'admin', priority: 'high' },
        execution_result: { success: false, execution_time: 0, error: expect.stringContaining('No target') },
      });
    });

    it('tells what it is doing, and what happened, oldest first', async () => {
      const { id } = await propose();
      const { data } = (await server.get(`${ACTIONS}/${id}/status`)).body;
      expect(data).toMatchObject({
        remediation_action: { id, status: 'pending' },
        steps: [{ position: 1, state: 'proposed', action_type: 'restart_service', attempt: 0 }],
        waiting_for: [],
      });
      await verb(id as number, 'reject');
      const logs = (await server.get(`${ACTIONS}/${id}/logs?per_page=1&page=2`)).body.data;
      expect(logs.logs).toMatchObject([{ event: 'rejected', by: 'admin', message: 'admin rejected it' }]);
      expect(logs.pagination).toEqual({ page: 2, per_page: 1, total: 2, pages: 2 });
    });
  });

  describe('as a file', () => {
    it('is CSV that no spreadsheet takes for a formula', async () => {
      const anomalyId = await anomaly();
      await propose({
        anomaly_id: anomalyId,
        action_name: '=HYPERLINK("http://x")',
        description: 'a,"b"\nc',
      });
      const { status, headers, text } = await server.get(`/api/remediation/export?anomaly_id=${anomalyId}`);
      expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
      expect(headers['content-disposition']).toMatch(
        /^attachment; filename="remediation-actions-\d{4}-\d\d-\d\d\.csv"$/,
      );
      expect(text).toMatch(/^id,anomaly_id,action_type,action_name,description,status,priority,/);
      expect(text).toContain(`"'=HYPERLINK(""http://x"")"`);
      expect(text).toContain('"a,""b""\nc"');
    });

    it('is JSON in the envelope', async () => {
      const anomalyId = await anomaly();
      const { id } = await propose({ anomaly_id: anomalyId });
      const { body } = await server.get(`/api/remediation/export?format=json&anomaly_id=${anomalyId}`);
      expect(body).toMatchObject({ status: 'success', data: { remediation_actions: [{ id }] } });
    });

    it('is of no other format', async () => {
      const { status, body } = await server.get('/api/remediation/export?format=xml');
      expect([status, body.message]).toEqual([400, 'Invalid format. Must be one of: csv, json']);
    });
  });

  it('are counted by every status, type and priority, and how they ended in percent', async () => {
    await server.database.query('UPDATE remediation_actions SET deleted_at = now()');
    const none = (await server.get('/api/remediation/stats')).body.data.stats;
    expect(none).toMatchObject({ total_actions: 0, success_rate: 0, verified_success_rate: 0 });
    for (let made = 0; made < 4; made += 1) await propose({ priority: 'high' });
    await server.database.query(
      `UPDATE remediation_actions SET status = 'completed', outcome = CASE WHEN id % 2 = 0 THEN 'verified' END
       WHERE id IN (SELECT id FROM remediation_actions WHERE deleted_at IS NULL ORDER BY id LIMIT 2)`,
    );
    await server.database.query(
      `UPDATE remediation_actions SET status = 'failed'
       WHERE id = (SELECT max(id) FROM remediation_actions WHERE deleted_at IS NULL)`,
    );
    const { stats } = (await server.get('/api/remediation/stats')).body.data;
    expect(stats).toMatchObject({
      total_actions: 4,
      by_type: expect.objectContaining({ restart_service: 4, scale_up: 0 }),
      by_priority: { low: 0, medium: 0, high: 4, critical: 0 },
      success_rate: 66.67,
      verified_success_rate: 50,
      completed_actions: 2,
      successful_actions: 2,
    });
    expect(stats.by_status).toEqual({
      ...Object.fromEntries(ACTION_STATUSES.map((status) => [status, 0])),
      pending: 1,
      completed: 2,
      failed: 1,
    });
    expect(Object.keys(stats.by_status)).toHaveLength(8);
  });

  describe('belong to', () => {
    const asked = async (
      role: 'viewer' | 'analyst' | 'user' | 'operator',
      method: string,
      path: string,
      body?: object,
    ) => (await server.call(method, `${ACTIONS}${path}`, { body, token: await server.tokenOf(role) })).status;

    it.each(['viewer', 'analyst', 'user'] as const)('%s only to read', async (role) => {
      const { id } = await propose();
      for (const path of ['', `/${id}`, `/${id}/status`, `/${id}/logs`, `/${id}/approval`])
        expect([path, await asked(role, 'GET', path)]).toEqual([path, 200]);
      expect(await asked(role, 'POST', '', restart)).toBe(403);
      expect(await asked(role, 'PUT', `/${id}`, { description: 'd' })).toBe(403);
      expect(await asked(role, 'DELETE', `/${id}`)).toBe(403);
      for (const name of ['approve', 'reject', 'execute', 'cancel'])
        expect([name, await asked(role, 'POST', `/${id}/${name}`, {})]).toEqual([name, 403]);
      expect((await server.get(`${ACTIONS}/${id}`)).body.data.remediation_action.version).toBe(1);
    });

    it('operators to propose, approve and execute', async () => {
      const { id } = await propose();
      expect(await asked('operator', 'POST', '', restart)).toBe(201);
      expect(await asked('operator', 'POST', `/${id}/approve`, {})).toBe(200);
      expect(await asked('operator', 'POST', `/${id}/execute`, {})).toBe(200);
    });

    it.each(['/api/remediation', ACTIONS, '/api/remediation/stats', '/api/remediation/export'])(
      'nobody who is not known: %s',
      async (path) => {
        expect((await server.get(path, { token: null })).status).toBe(401);
      },
    );
  });
});
