import { RemediationBench } from '../support/remediation-bench';
import type { Answer } from '../support/test-app';

describe('an approval that does not hold', () => {
  let bench: RemediationBench;

  beforeAll(async () => {
    bench = await RemediationBench.start();
  });
  afterAll(() => bench.stop());
  afterEach(() => expect(bench.target.requests).toEqual([]));

  const get = async (id: number) =>
    (await bench.app.get(`/api/remediation/actions/${id}`)).body.data.remediation_action;
  const told = ({ status, body }: Answer) => [status, body.code as string];
  const refusals = async (id: number): Promise<unknown[]> =>
    (
      await bench.app.database.query<{ after: { code: string } }>(
        `SELECT after FROM audit_log WHERE subject_type = 'remediation_action' AND subject_id = $1 AND action LIKE '%\\_refused' ORDER BY id`,
        [String(id)],
      )
    ).map(({ after }) => after.code);

  it('has expired by a second', async () => {
    const id = await bench.approved();
    await bench.app.database.query(
      `UPDATE remediation_approvals SET expires_at = now() - interval '1 second' WHERE action_id = $1`,
      [id],
    );
    expect(told(await bench.verb(id, 'execute'))).toEqual([409, 'remediation/expired']);
    expect(await refusals(id)).toEqual(['remediation/expired']);
  });

  it('would be given to what has expired by a second', async () => {
    const id = await bench.propose();
    await bench.app.database.query(
      `UPDATE remediation_actions SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [id],
    );
    const { status, body } = await bench.verb(id, 'approve');
    // Whoever comes first says so: the verb itself, or the sweep that has rejected it already.
    expect([status, body.code]).toEqual([
      409,
      expect.stringMatching(/^remediation\/(expired|already-rejected)$/),
    ]);
  });

  it('is for another plan than the one there is', async () => {
    const id = await bench.propose();
    const answer = await bench.verb(id, 'approve', { plan_hash: '0'.repeat(64) });
    expect(told(answer)).toEqual([409, 'remediation/plan-changed']);
    expect((await get(id)).status).toBe('pending');
  });

  it('is one of fewer than policies have come to ask for since it was proposed', async () => {
    const id = await bench.propose();
    const made = await bench.app.post('/api/remediation/policies', {
      verdict: 'ask',
      target_id: bench.targetId,
      approvals: 2,
    });
    try {
      expect((await bench.verb(id, 'approve')).status).toBe(200);
      expect(await get(id)).toMatchObject({ status: 'pending', approvals_required: 2 });
      expect(told(await bench.verb(id, 'execute'))).toEqual([409, 'remediation/approval-required']);
      // What has expired counts no more, and may be given again; what stands may not.
      expect(told(await bench.verb(id, 'approve'))).toEqual([409, 'remediation/already-approved-by-you']);
      await bench.app.database.query(
        `UPDATE remediation_approvals SET expires_at = now() - interval '1 second' WHERE action_id = $1`,
        [id],
      );
      expect((await bench.verb(id, 'approve')).status).toBe(200);
      expect((await get(id)).status).toBe('pending');
    } finally {
      await bench.app.delete(`/api/remediation/policies/${made.body.data.policy.id}`);
    }
  });

  it('was given before an edit', async () => {
    const id = await bench.approved();
    const { plan_hash: before } = await get(id);
    await bench.app.put(`/api/remediation/actions/${id}`, { parameters: { grace_seconds: 9 } });
    expect(told(await bench.verb(id, 'execute'))).toEqual([409, 'remediation/approval-required']);
    expect(told(await bench.verb(id, 'approve', { plan_hash: before }))).toEqual([
      409,
      'remediation/plan-changed',
    ]);
  });

  it('was given before its target changed', async () => {
    const targetId = await bench.addTarget('changed');
    const id = await bench.approved({ target_id: targetId });
    await bench.app.database.query('UPDATE remediation_targets SET version = version + 1 WHERE id = $1', [
      targetId,
    ]);
    expect(told(await bench.verb(id, 'execute'))).toEqual([409, 'remediation/plan-changed']);
    expect((await get(id)).status).toBe('pending');
  });

  describe('is one’s own', () => {
    const order = (): object => ({
      action_type: 'restart_service',
      action_name: 'n',
      description: 'd',
      target_id: bench.targetId,
    });
    const propose = async (token?: string): Promise<number> =>
      (await bench.app.post('/api/remediation/actions', order(), { token })).body.data.remediation_action
        .id as number;
    const key = async (name: string): Promise<string> =>
      (
        await bench.app.post('/api/auth/keys', {
          name,
          scopes: ['remediation:propose', 'remediation:approve'],
        })
      ).body.data.key as string;

    it('by a key of whoever asked', async () => {
      const id = await propose();
      const token = await key('approves');
      const answer = await bench.app.post(`/api/remediation/actions/${id}/approve`, {}, { token });
      expect(told(answer)).toEqual([403, 'remediation/own-request']);
      expect(await refusals(id)).toEqual(['remediation/own-request']);
    });

    it('by whoever asked with a key', async () => {
      const id = await propose(await key('proposes'));
      expect(told(await bench.verb(id, 'approve'))).toEqual([403, 'remediation/own-request']);
    });

    it('a second time, by another key, where two people are asked for', async () => {
      await bench.app.put('/api/remediation/limits', { quorum_high: 2 });
      try {
        const id = await bench.propose();
        const first = await bench.verb(id, 'approve');
        expect(first.body).toMatchObject({
          message: 'Approval recorded; more people have to approve',
          data: { remediation_action: { status: 'pending' } },
        });
        const token = await key('approves again');
        const again = await bench.app.post(`/api/remediation/actions/${id}/approve`, {}, { token });
        expect(told(again)).toEqual([409, 'remediation/already-approved-by-you']);
        expect(told(await bench.verb(id, 'execute'))).toEqual([409, 'remediation/approval-required']);
      } finally {
        await bench.app.put('/api/remediation/limits', { quorum_high: 1 });
      }
    });
  });
});

describe('without four eyes', () => {
  it('whoever asked may approve, and that is told', async () => {
    const bench = await RemediationBench.start({ REMEDIATION_FOUR_EYES: 'false' });
    try {
      const id = await bench.propose();
      const operator = { token: await bench.app.tokenOf('operator') };
      for (const verb of ['approve', 'execute'])
        expect((await bench.app.post(`/api/remediation/actions/${id}/${verb}`, {}, operator)).status).toBe(
          200,
        );
      const { remediation_action: ended } = await bench.ended(id);
      expect(ended).toMatchObject({
        status: 'completed',
        requested_by: 'the-operator',
        approved_by: 'the-operator',
      });
      expect(bench.target.requests).toHaveLength(1);
    } finally {
      await bench.stop();
    }
  });
});
