import { Clock } from '../../src/common/time/clock';
import { RemediationBench } from '../support/remediation-bench';
import { eventually, TestApp } from '../support/test-app';

const DAY_MS = 86_400_000;
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();

describe('an action that is scheduled', () => {
  let bench: RemediationBench;
  let second: TestApp;

  beforeAll(async () => {
    bench = await RemediationBench.start();
    second = await TestApp.start({}, bench.app.database);
    // A second process on the same database whose wall clock is a day ahead.
    const clock = second.app.get(Clock);
    clock.now = () => new Date(Date.now() + DAY_MS);
  });
  afterAll(async () => {
    await second?.stop();
    await bench?.stop();
  });

  const schedule = async (id: number, at: string) => {
    const answer = await bench.verb(id, 'schedule', { scheduled_at: at });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body.data.remediation_action;
  };
  const find = async (id: number) =>
    (await bench.app.get(`/api/remediation/actions/${id}`)).body.data.remediation_action;
  const logged = async (id: number, event: string): Promise<number> =>
    (
      await bench.app.database.query(`SELECT FROM remediation_log WHERE action_id = $1 AND event = $2`, [
        id,
        event,
      ])
    ).length;

  it('begins once at its time, whatever the wall clock of another process says', async () => {
    const id = await bench.approved();
    const before = bench.target.requests.length;
    const at = inSeconds(3);
    expect(await schedule(id, at)).toMatchObject({ status: 'scheduled', scheduled_at: at });
    const { remediation_action: ended } = await bench.ended(id);
    expect(ended).toMatchObject({ status: 'completed', executed_by: 'system' });
    const [{ early }] = await bench.app.database.query<{ early: boolean }>(
      `SELECT first_claimed_at < scheduled_at AS early FROM remediation_actions WHERE id = $1`,
      [id],
    );
    expect(early).toBe(false);
    expect(await logged(id, 'executed')).toBe(1);
    expect(bench.target.requests.length - before).toBe(1);
  });

  it('keeps its approval until its time, longer than one without a time holds', async () => {
    const id = await bench.approved();
    const at = inSeconds(3 * 86_400);
    const { expires_at: expiresAt } = await schedule(id, at);
    expect(Date.parse(expiresAt as string) - Date.parse(at)).toBe(900_000);
    const { approval } = (await bench.app.get(`/api/remediation/actions/${id}/approval`)).body.data;
    expect(approval.approvals[0].expires_at).toBe(expiresAt);
  });

  it('may be approved until its time', async () => {
    const id = await bench.propose();
    await schedule(id, inSeconds(3));
    const approved = await bench.verb(id, 'approve');
    expect(approved.body.data.remediation_action).toMatchObject({
      status: 'scheduled',
      approved_by: 'admin',
    });
    expect((await bench.ended(id)).remediation_action.status).toBe('completed');
  });

  it('is rejected at its time where nobody has approved it', async () => {
    const id = await bench.propose();
    const before = bench.target.requests.length;
    await schedule(id, inSeconds(1));
    const rejected = await eventually(
      () => find(id),
      ({ status }) => status !== 'scheduled',
    );
    expect(rejected).toMatchObject({ status: 'rejected', rejected_by: 'system' });
    expect(rejected.rejected_reason).toMatch(/approv/);
    expect(bench.target.requests.length).toBe(before);
  });

  it('begins without approval where a policy allows it', async () => {
    const id = await bench.propose({ action_type: 'cleanup_logs' });
    await schedule(id, inSeconds(1));
    expect((await bench.ended(id)).remediation_action.status).toBe('completed');
  });

  it('is held up by a freeze at its time, and done when that ends', async () => {
    const id = await bench.approved();
    await bench.app.post('/api/remediation/freeze', { reason: 'release' });
    await schedule(id, inSeconds(1));
    await eventually(
      () => find(id),
      ({ status }) => status === 'in_progress',
    );
    await bench.app.post('/api/remediation/unfreeze', {});
    expect((await bench.ended(id)).remediation_action.status).toBe('completed');
  });

  it('never begins once it was cancelled', async () => {
    const id = await bench.approved();
    await schedule(id, inSeconds(1));
    expect((await bench.verb(id, 'cancel')).status).toBe(200);
    const later = await bench.approved();
    await schedule(later, inSeconds(1));
    await bench.ended(later);
    expect((await find(id)).status).toBe('cancelled');
    expect(await logged(id, 'executed')).toBe(0);
  });

  it('loses its time and its approval by an edit', async () => {
    const id = await bench.approved();
    await schedule(id, inSeconds(3_600));
    await bench.app.put(`/api/remediation/actions/${id}`, { parameters: { reason: 'other' } });
    expect(await find(id)).toMatchObject({ status: 'pending', scheduled_at: null, approved_by: null });
  });

  it('expires where nothing was running at its time', async () => {
    const id = await bench.approved();
    await schedule(id, inSeconds(3_600));
    await bench.app.database.query(
      `UPDATE remediation_actions SET scheduled_at = now() - interval '1 hour', expires_at = now() - interval '45 minutes' WHERE id = $1`,
      [id],
    );
    const expired = await eventually(
      () => find(id),
      ({ status }) => status !== 'scheduled',
    );
    expect(expired).toMatchObject({ status: 'rejected', rejected_reason: 'expired' });
  });

  it.each([
    [inSeconds(-60), 'scheduled_at must be in the future'],
    [inSeconds(91 * 86_400), 'scheduled_at must be within 90 days'],
    ['tomorrow', 'scheduled_at must be an ISO 8601 time such as 2026-01-31T10:00:00Z'],
  ])('is given no such time: %s', async (at, message) => {
    const answer = await bench.verb(await bench.approved(), 'schedule', { scheduled_at: at });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
  });
});
