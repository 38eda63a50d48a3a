import { AutonomyBench, Served } from '../support/autonomy-bench';
import { RemediationBench } from '../support/remediation-bench';
import { eventually, TestApp } from '../support/test-app';

const ALERTS = 1_000;
const AT_ONCE = 50;
const CAP = 8;
const WINS = 2;
const SECRETS_KEY = 'a-key-of-the-tests-for-secrets-that-is-long-enough';

describe('a storm of anomalies on one target that has earned full autonomy', () => {
  let bench: RemediationBench;
  let autonomy: AutonomyBench;
  let second: TestApp;
  let served: Served;

  beforeAll(async () => {
    bench = await RemediationBench.start({ SECRETS_KEY, REMEDIATION_FOUR_EYES: 'false' });
    second = await TestApp.start({ SECRETS_KEY }, bench.app.database);
    autonomy = new AutonomyBench(bench);
    served = await autonomy.serve('stormed');
    await autonomy.set({ mode: 'full_auto', wins_for_semi_auto: 1, wins_for_full_auto: WINS });
    await autonomy.win(served, WINS);
    await bench.app.put('/api/remediation/limits', {
      cooldown_seconds: 1,
      actions_per_hour: CAP,
      actions_per_hour_per_target: CAP,
    });
  });
  afterAll(async () => {
    await second.stop();
    await bench.stop();
  });

  it('has at most the effects that the limits allow, each by an approval of its own, with nobody there', async () => {
    let [most, now] = [0, 0];
    bench.target.answer = (_, response) => {
      now += 1;
      most = Math.max(most, now);
      setImmediate(() => {
        now -= 1;
        response.end('{}');
      });
    };
    const looked = async () =>
      (
        await bench.app.database.query<{ anomalies: number; unseen: number }>(
          `SELECT (SELECT count(*)::int FROM anomalies WHERE labels ->> 'instance' LIKE 'storm-%') AS anomalies,
             (SELECT count(*)::int FROM anomaly_history AS h, anomaly_cursors AS c
              WHERE c.reader = 'remediation.proposals' AND (h.xact, h.id) > (c.xact, c.id)) AS unseen`,
        )
      )[0];
    const waiting = async () =>
      bench.app.database.query<{ id: number }>(
        `SELECT id::int AS id FROM remediation_actions WHERE target_id = $1 AND status IN ('pending', 'approved', 'in_progress')`,
        [served.targetId],
      );
    const isHeld = async (): Promise<boolean> => {
      const [active] = await waiting();
      if (active === undefined) return true;
      const { waiting_for: rails } = await bench.progress(active.id);
      return rails.some(({ rail }: { rail: string }) => rail === 'budget');
    };
    for (let sent = 0; sent < ALERTS; sent += AT_ONCE) {
      const alerts = Array.from({ length: AT_ONCE }, (_, n) => ({
        labels: {
          alertname: 'Slow',
          service: 'stormed',
          severity: 'critical',
          instance: `storm-${sent + n}`,
        },
      }));
      const app = (sent / AT_ONCE) % 2 === 0 ? bench.app : second;
      expect((await app.post('/api/v2/alerts', alerts)).status).toBe(200);
      await eventually(
        async () => ({ ...(await looked()), isHeld: await isHeld() }),
        (state) => state.anomalies >= sent + AT_ONCE && state.unseen === 0 && state.isHeld,
        30_000,
      );
    }
    expect(bench.target.requests).toHaveLength(CAP);
    expect(most).toBe(1);
    expect(await waiting()).toHaveLength(1);
    const byKind = await bench.app.database.query<{ by_kind: string; used: number }>(
      `SELECT by_kind, count(*) FILTER (WHERE used_at IS NOT NULL)::int AS used FROM remediation_approvals AS approval
       JOIN remediation_actions AS action ON action.id = approval.action_id AND approval.plan_hash = action.plan_hash
       WHERE action.target_id = $1 AND action.first_claimed_at IS NOT NULL GROUP BY 1 ORDER BY 1`,
      [served.targetId],
    );
    expect(byKind).toEqual([
      { by_kind: 'autonomy', used: CAP - WINS },
      { by_kind: 'user', used: WINS },
    ]);
  }, 240_000);
});
