import { LedgerRepository } from '../../src/remediation/execution/ledger.repository';
import { type Rail, RAILS } from '../../src/remediation/policy/rails';
import { RemediationBench } from '../support/remediation-bench';
import { eventually } from '../support/test-app';

const SIGNATURE = ['system', null, 'system', null, null] as const;

/** How each rail is made to hold a queued step up, and how it is lifted; on an action, its target, and another action. */
const TRIPPED: Record<Rail, { trip: string; lift: string }> = {
  frozen: {
    trip: `UPDATE remediation_limits SET frozen_at = now()`,
    lift: `UPDATE remediation_limits SET frozen_at = NULL`,
  },
  freeze_calendar: {
    trip: `WITH calendar AS (
        INSERT INTO remediation_freeze_calendars (name, time_zone, entries, known_until, created_by) VALUES ('tripped', 'UTC', '[]', now() + interval '1 day', 'test')
        RETURNING id
      ) INSERT INTO remediation_freeze_periods SELECT id, now() - interval '1 hour', now() + interval '1 hour' FROM calendar`,
    lift: `DELETE FROM remediation_freeze_calendars WHERE name = 'tripped'`,
  },
  cancelled: {
    trip: `UPDATE remediation_actions SET cancel_requested_at = now() WHERE id = ACTION`,
    lift: `UPDATE remediation_actions SET cancel_requested_at = NULL WHERE id = ACTION`,
  },
  expired: {
    trip: `UPDATE remediation_steps SET start_before = now() - interval '1 second' WHERE action_id = ACTION`,
    lift: `UPDATE remediation_steps SET start_before = now() + interval '1 hour' WHERE action_id = ACTION`,
  },
  approval: {
    trip: `UPDATE remediation_approvals SET expires_at = now() - interval '1 second' WHERE action_id = ACTION`,
    lift: `UPDATE remediation_approvals SET expires_at = now() + interval '1 hour' WHERE action_id = ACTION`,
  },
  trust: {
    trip: `WITH decided AS (
             INSERT INTO autonomy_decisions (action_id, anomaly_id, action_type, remedy, anomaly_class, target_group, mode, cell_level, level, outcome, granted_by, reason, facts, evidence_id)
             VALUES (ACTION, 1, 'custom', 'custom', 'c', 'g', 'full_auto', 'full_auto', 'full_auto', 'begun', 'autonomy', 'r', '{}', 0))
           INSERT INTO remediation_evidence (action_id, action_type, remedy, anomaly_class, target_group, severity, outcome)
           VALUES (OTHER, 'custom', 'custom', 'c', 'g', 'high', 'made_worse')`,
    lift: `UPDATE autonomy_decisions SET evidence_id = (SELECT max(id) FROM remediation_evidence)`,
  },
  target_changed: {
    trip: `UPDATE remediation_targets SET version = version + 1 WHERE id = TARGET`,
    lift: `UPDATE remediation_targets SET version = version - 1 WHERE id = TARGET`,
  },
  protected: {
    trip: `UPDATE remediation_targets SET is_protected = true WHERE id = TARGET`,
    lift: `UPDATE remediation_targets SET is_protected = false WHERE id = TARGET`,
  },
  blast_radius: {
    trip: `UPDATE remediation_steps SET radius_count = 11 WHERE action_id = ACTION`,
    lift: `UPDATE remediation_steps SET radius_count = 1 WHERE action_id = ACTION`,
  },
  breaker: {
    trip: `INSERT INTO remediation_breakers (target_id, failures, opened_at, open_until) VALUES (TARGET, 2, now(), now() + interval '1 hour')`,
    lift: `DELETE FROM remediation_breakers WHERE target_id = TARGET`,
  },
  target_busy: {
    trip: `UPDATE remediation_steps SET state = 'dispatching', fence = 0, worker = 'x', lease_until = now() + interval '1 hour', target_id = TARGET WHERE action_id = OTHER`,
    lift: `UPDATE remediation_steps SET state = 'succeeded', lease_until = NULL WHERE action_id = OTHER`,
  },
  concurrency: {
    trip: `UPDATE remediation_limits SET max_concurrent = 0`,
    lift: `UPDATE remediation_limits SET max_concurrent = 10`,
  },
  cooldown: {
    trip: `WITH done AS (UPDATE remediation_steps SET claimed_at = now(), target_id = TARGET WHERE action_id = OTHER) UPDATE remediation_limits SET cooldown_seconds = 300`,
    lift: `UPDATE remediation_limits SET cooldown_seconds = 0`,
  },
  target_budget: {
    trip: `WITH done AS (UPDATE remediation_steps SET claimed_at = now() - interval '30 minutes', target_id = TARGET WHERE action_id = OTHER) UPDATE remediation_limits SET actions_per_hour_per_target = 1`,
    lift: `UPDATE remediation_limits SET actions_per_hour_per_target = 1000`,
  },
  budget: {
    trip: `WITH begun AS (UPDATE remediation_actions SET first_claimed_at = now() - interval '30 minutes' WHERE id = OTHER) UPDATE remediation_limits SET actions_per_hour = 1`,
    lift: `UPDATE remediation_limits SET actions_per_hour = 1000`,
  },
};

describe('the rails inside the claim', () => {
  let bench: RemediationBench;
  let ledger: LedgerRepository;

  // Nobody works here but the test: what is claimed is claimed by it.
  beforeAll(async () => {
    bench = await RemediationBench.start({
      NODE_ROLE: 'api',
      SECRETS_KEY: 'a-key-of-the-tests-for-secrets-that-is-long-enough',
    });
    ledger = bench.app.app.get(LedgerRepository);
  });
  afterAll(() => bench.stop());

  const run = (sql: string, ids: { action: number; target: number; other: number }) =>
    bench.app.database.query(
      sql
        .replaceAll('ACTION', String(ids.action))
        .replaceAll('TARGET', String(ids.target))
        .replaceAll('OTHER', String(ids.other)),
    );

  it.each(Object.keys(RAILS) as Rail[])(
    '%s holds a step up, says so, and lets it go on afterwards',
    async (rail) => {
      const targetId = await bench.addTarget(`target of ${rail}`);
      const other = await bench.approved();
      const id = await bench.approved({ target_id: targetId });
      await bench.verb(id, 'execute');
      const { trip, lift } = TRIPPED[rail];
      await run(trip, { action: id, target: targetId, other });
      expect(await ledger.waitingFor(id)).toEqual([rail]);
      expect(await ledger.claim('tester', 60, SIGNATURE)).toBeNull();
      expect((await bench.progress(id)).waiting_for).toMatchObject([{ rail }]);
      await run(lift, { action: id, target: targetId, other });
      expect(await ledger.claim('tester', 60, SIGNATURE)).toMatchObject({ actionId: id, attempt: 1 });
      await bench.app.database.query(
        `UPDATE remediation_steps SET state = 'succeeded', lease_until = NULL WHERE action_id = $1`,
        [id],
      );
    },
  );

  it('use an approval once, by the first claim', async () => {
    const id = await bench.approved({ target_id: await bench.addTarget('used once') });
    await bench.verb(id, 'execute');
    await ledger.claim('tester', 60, SIGNATURE);
    const [{ used }] = await bench.app.database.query<{ used: number }>(
      `SELECT count(*)::int AS used FROM remediation_approvals WHERE action_id = $1 AND used_at IS NOT NULL`,
      [id],
    );
    expect(used).toBe(1);
  });
});

describe('a limit that holds remediation up', () => {
  let bench: RemediationBench;

  beforeAll(async () => {
    bench = await RemediationBench.start();
  });
  afterAll(() => bench.stop());

  it('opens the breaker of a target that fails again and again, and an anomaly about the remediator', async () => {
    await bench.app.put('/api/remediation/limits', { breaker_failures: 2 });
    bench.target.answer = (_, response) => response.writeHead(400).end('{}');
    for (let failure = 1; failure <= 2; failure += 1) {
      const id = await bench.approved();
      await bench.verb(id, 'execute');
      await bench.ended(id);
    }
    const third = await bench.approved();
    await bench.verb(third, 'execute');
    await eventually(
      () => bench.progress(third),
      ({ waiting_for }) => waiting_for.some(({ rail }: { rail: string }) => rail === 'breaker'),
    );
    expect(bench.target.requests).toHaveLength(2);
    const { text } = await bench.app.get('/metrics');
    for (const line of [
      'remediation_breakers_open 1',
      'remediation_attempts_total{outcome="failed"} 2',
      'remediation_attempts_total{outcome="late"} 0',
      'remediation_steps{state="queued"} 1',
      'remediation_steps{state="unknown"} 0',
      'remediation_actions{status="in_progress"} 1',
      'remediation_frozen 0',
    ])
      expect(text.split('\n')).toContain(line);
    const anomaly = await eventually(
      async () => (await bench.app.get('/api/anomalies?search=held+up')).body.data.anomalies[0],
      Boolean,
    );
    expect(anomaly).toMatchObject({ status: 'open', labels: { rail: 'breaker', service: 'remediation' } });
  });
});
