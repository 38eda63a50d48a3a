import { RetentionService } from '../../src/retention/retention.service';
import { TestApp } from '../support/test-app';

const DAYS = 30;

interface Row {
  status?: string;
  state?: string;
  days?: number;
  isHidden?: boolean;
}

describe('retention of remediation', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start({ REMEDIATION_RETENTION_DAYS: String(DAYS), NODE_ROLE: 'api' });
  });
  afterAll(() => server.stop());

  const run = () => server.app.get(RetentionService, { strict: false }).run();

  /** An action with a step, an approval and its log, as it is after so many days without anything happening. */
  const past = async ({
    status = 'completed',
    state = 'succeeded',
    days = DAYS + 1,
    isHidden = false,
  }: Row = {}) => {
    const { body } = await server.post('/api/remediation/actions', {
      action_type: 'restart_service',
      action_name: 'Restart',
      description: 'd',
    });
    const id = body.data.remediation_action.id as number;
    await server.database.query(
      `INSERT INTO remediation_approvals (action_id, plan_hash, by_kind, by_name, expires_at) VALUES ($1, 'x', 'user', 'u', now())`,
      [id],
    );
    await server.database.query('UPDATE remediation_steps SET state = $2 WHERE action_id = $1', [id, state]);
    await server.database.query(
      `UPDATE remediation_actions SET status = $2, updated_at = now() - make_interval(days => $3), deleted_at = CASE WHEN $4 THEN now() END,
         expires_at = now() + interval '1 year' WHERE id = $1`,
      [id, status, days, isHidden],
    );
    return id;
  };
  const left = async (table: string, ids: number[], column = 'action_id'): Promise<number[]> =>
    (
      await server.database.query<{ id: number }>(
        `SELECT DISTINCT ${column}::int AS id FROM ${table} WHERE ${column} = ANY ($1) ORDER BY 1`,
        [ids],
      )
    ).map(({ id }) => id);
  const remaining = (ids: number[]) => left('remediation_actions', ids, 'id');

  it.each(['completed', 'failed', 'cancelled', 'rejected'])(
    'deletes %s actions with steps, approvals and log, and not a day too early',
    async (status) => {
      const old = await past({ status, state: 'cancelled' });
      const young = await past({ status, state: 'cancelled', days: DAYS - 1 });
      await run();
      expect(await remaining([old, young])).toEqual([young]);
      for (const table of ['remediation_steps', 'remediation_approvals', 'remediation_log'])
        expect([table, await left(table, [old, young])]).toEqual([table, [young]]);
    },
  );

  it.each([
    ['pending', 'proposed'],
    ['approved', 'approved'],
    ['scheduled', 'approved'],
    ['in_progress', 'queued'],
  ])('never deletes one that is %s', async (status, state) => {
    const id = await past({ status, state, days: 4_000 });
    await run();
    expect(await remaining([id])).toEqual([id]);
  });

  it('keeps one whose end nobody knows until somebody says it, or hides it', async () => {
    const id = await past({ status: 'failed', state: 'unknown', days: 4_000 });
    const hidden = await past({ status: 'failed', state: 'unknown', isHidden: true });
    await run();
    expect(await remaining([id, hidden])).toEqual([id]);
    await server.database.query(
      `UPDATE remediation_steps SET state = 'reconciled_failed' WHERE action_id = $1`,
      [id],
    );
    await run();
    expect(await remaining([id])).toEqual([]);
  });

  it('deletes hidden ones, and what was taken back after what took it back', async () => {
    const hidden = await past({ status: 'pending', state: 'cancelled', isHidden: true });
    const failed = await past({ status: 'failed', state: 'failed' });
    const undoing = await past({ days: DAYS - 1 });
    await server.database.query('UPDATE remediation_actions SET rollback_of = $1 WHERE id = $2', [
      failed,
      undoing,
    ]);
    await run();
    expect(await remaining([hidden, failed, undoing])).toEqual([failed, undoing]);
    await server.database.query(
      `UPDATE remediation_actions SET updated_at = now() - interval '31 days' WHERE id = $1`,
      [undoing],
    );
    await run();
    await run();
    expect(await remaining([failed, undoing])).toEqual([]);
  });

  it('deletes what became of slots so long ago, and nothing of the schedule', async () => {
    const { body } = await server.post('/api/remediation/targets', {
      name: 'cart',
      kind: 'webhook',
      settings: { url: 'http://cart.example.org/remediate' },
      secrets: { signing_secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
    });
    const made = await server.post('/api/remediation/schedules', {
      name: 'Clean up',
      cron: '0 3 * * *',
      time_zone: 'UTC',
      action_type: 'cleanup_logs',
      target_id: body.data.target.id,
    });
    const path = `/api/remediation/schedules/${made.body.data.schedule.id}`;
    await server.database.query(
      `INSERT INTO remediation_schedule_firings (schedule_id, slot, outcome, reason, at)
       SELECT $1, slot, 'missed', 'r', slot FROM (SELECT now() - make_interval(days => day) AS slot FROM unnest(ARRAY[1, $2 - 1, $2 + 1, 400]) AS day) AS past`,
      [made.body.data.schedule.id, DAYS],
    );
    await run();
    expect((await server.get(`${path}/firings`)).body.data.firings).toHaveLength(2);
    expect((await server.get(path)).status).toBe(200);
  });

  it('leaves an audit row, and is told of among the classes', async () => {
    await past();
    await run();
    const rows = await server.database.query<{ after: object }>(
      `SELECT after FROM audit_log WHERE action = 'retention.deleted' AND subject_id = 'remediation' ORDER BY id DESC LIMIT 1`,
    );
    expect(rows).toEqual([{ after: { rows: 1, older_than_days: DAYS } }]);
    const { classes } = (await server.get('/api/admin/storage')).body.data.storage;
    expect(classes).toContainEqual(
      expect.objectContaining({
        class: 'remediation',
        tables: ['remediation_actions', 'remediation_steps', 'remediation_approvals', 'remediation_log'],
        retention_days: DAYS,
        setting: 'REMEDIATION_RETENTION_DAYS',
        last_run: expect.objectContaining({ outcome: 'complete' }),
      }),
    );
  });
});
