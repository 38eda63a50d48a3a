import { RemediationBench } from '../support/remediation-bench';
import { eventually, TestApp } from '../support/test-app';

const ALERTS = 1_000;
const AT_ONCE = 50;
const CAP = 10;
const COOLDOWN_SECONDS = 1;
const SECRETS_KEY = 'a-key-of-the-tests-for-secrets-that-is-long-enough';

/** A target that takes a moment, and knows how much it was doing at once. */
class BusyTarget {
  most = 0;
  private now = 0;

  readonly answer: RemediationBench['target']['answer'] = (_, response) => {
    this.now += 1;
    this.most = Math.max(this.most, this.now);
    setImmediate(() => {
      this.now -= 1;
      response.end('{}');
    });
  };
}

describe('a storm of anomalies on one target', () => {
  let bench: RemediationBench;
  let apps: TestApp[];
  let targetId: number;

  beforeAll(async () => {
    bench = await RemediationBench.start({ SECRETS_KEY });
    apps = [bench.app, await TestApp.start({ SECRETS_KEY }, bench.app.database)];
    const made = await bench.app.post('/api/remediation/targets', {
      name: 'stormed',
      kind: 'webhook',
      labels: { service: 'stormed' },
      settings: { url: `${bench.target.origin}/` },
      secrets: { signing_secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
    });
    targetId = made.body.data.target.id as number;
    await bench.app.put('/api/remediation/limits', {
      cooldown_seconds: COOLDOWN_SECONDS,
      actions_per_hour: CAP,
      actions_per_hour_per_target: CAP,
    });
    await bench.app.post('/api/remediation/rules', {
      name: 'Stormed: restart',
      matchers: ['service="stormed"'],
      action_type: 'restart_service',
    });
  });
  afterAll(async () => {
    await apps[1].stop();
    await bench.stop();
  });

  const list = async (app: TestApp, status: string): Promise<{ id: number }[]> =>
    (await app.get(`/api/remediation/actions?status=${status}&per_page=100`)).body.data.remediation_actions;

  /** Somebody who says yes to whatever is asked, on every process at once. */
  const sayYes = async (isOver: () => boolean): Promise<void> => {
    const onOne = async (app: TestApp) => {
      while (!isOver()) {
        for (const { id } of await list(app, 'pending'))
          await app.post(`/api/remediation/actions/${id}/approve`, {});
        for (const { id } of await list(app, 'approved'))
          await app.post(`/api/remediation/actions/${id}/execute`, {});
      }
    };
    await Promise.all(apps.map(onOne));
  };
  const active = async (): Promise<{ id: number; status: string }[]> =>
    bench.app.database.query(
      `SELECT id::int AS id, status FROM remediation_actions WHERE target_id = $1 AND status IN ('pending', 'approved', 'scheduled', 'in_progress')`,
      [targetId],
    );
  const looked = async (): Promise<{ anomalies: number; unseen: number }> =>
    (
      await bench.app.database.query<{ anomalies: number; unseen: number }>(
        `SELECT (SELECT count(*)::int FROM anomalies) AS anomalies,
           (SELECT count(*)::int FROM anomaly_history AS h, anomaly_cursors AS c WHERE c.reader = 'remediation.proposals' AND (h.xact, h.id) > (c.xact, c.id)) AS unseen`,
      )
    )[0];

  it('has at most the effects that the limits allow, one at a time, whoever says yes to everything', async () => {
    const busy = new BusyTarget();
    bench.target.answer = busy.answer;
    let isOver = false;
    let mostActive = 0;
    const yes = sayYes(() => isOver);
    const held = async (): Promise<boolean> => {
      const now = await active();
      mostActive = Math.max(mostActive, now.length);
      if (now.length === 0) return true;
      const { waiting_for: rails } = await bench.progress(now[0].id);
      return rails.some(({ rail }: { rail: string }) => rail === 'budget');
    };
    for (let sent = 0; sent < ALERTS; sent += AT_ONCE) {
      const alerts = Array.from({ length: AT_ONCE }, (_, n) => ({
        labels: { alertname: 'Leaks', service: 'stormed', severity: 'critical', instance: `i${sent + n}` },
      }));
      expect((await apps[(sent / AT_ONCE) % 2].post('/api/v2/alerts', alerts)).status).toBe(200);
      await eventually(
        async () => ({ ...(await looked()), isHeld: await held() }),
        ({ anomalies, unseen, isHeld }) => anomalies >= sent + AT_ONCE && unseen === 0 && isHeld,
        30_000,
      );
    }
    isOver = true;
    await yes;
    expect(bench.target.requests).toHaveLength(CAP);
    expect(busy.most).toBe(1);
    expect(mostActive).toBe(1);
    const [waiting, ...others] = await active();
    expect(others).toEqual([]);
    expect((await bench.progress(waiting.id)).waiting_for.map(({ rail }: { rail: string }) => rail)).toEqual(
      expect.arrayContaining(['target_budget', 'budget']),
    );
    const [{ closest }] = await bench.app.database.query<{ closest: number }>(
      `SELECT min(pause)::float AS closest FROM (
         SELECT extract(epoch FROM claimed_at - lag(claimed_at) OVER (ORDER BY claimed_at)) AS pause
         FROM remediation_steps WHERE target_id = $1 AND claimed_at IS NOT NULL) AS claims`,
      [targetId],
    );
    expect(closest).toBeGreaterThanOrEqual(COOLDOWN_SECONDS);
  }, 240_000);
});
