import { AutonomyBench, Served } from '../support/autonomy-bench';
import { MeasuredSymptom } from '../support/measured-symptom';
import { RemediationBench } from '../support/remediation-bench';
import { eventually } from '../support/test-app';

/** An alert, a remedy, what was then measured, and what of that is learnt: nothing here is said by the test. */
describe('the loop from an alert to trust', () => {
  let bench: RemediationBench;
  let autonomy: AutonomyBench;
  let shop: Served;
  let queue: MeasuredSymptom;

  beforeAll(async () => {
    bench = await RemediationBench.start({ REMEDIATION_FOUR_EYES: 'false' });
    autonomy = new AutonomyBench(bench);
    const verify = { series: 'queue', op: '<', threshold: 10, for: 1, timeout: 20 };
    shop = await autonomy.serve('shop', 'scale_up', { parameters: { by: 1 }, verify });
    queue = await MeasuredSymptom.begin(bench.app, 'queue', 50);
    await autonomy.set({ mode: 'full_auto', wins_for_semi_auto: 1, wins_for_full_auto: 2 });
  });
  afterAll(async () => {
    queue?.stop();
    await bench?.stop();
  });

  /** The queue is as bad as it was before any remedy, for long enough to be seen. */
  async function sufferAgain(): Promise<void> {
    queue.stop();
    await bench.app.database.query('TRUNCATE sample_batches, sample_chunks');
    queue = await MeasuredSymptom.begin(bench.app, 'queue', 50);
  }

  const remedyBrings = (value: number): void => {
    bench.target.answer = (_, response) => {
      queue.become(value);
      response.end('{}');
    };
  };

  const verdict = (id: number): Promise<string> =>
    eventually(
      async () => (await bench.progress(id)).remediation_action.outcome as string | null,
      (outcome) => outcome !== null,
      60_000,
    ) as Promise<string>;

  it('lets people decide until a remedy has shown twice that it helps, then acts alone, and stops when it made things worse', async () => {
    remedyBrings(1);
    for (let win = 0; win < 2; win += 1) {
      const id = await autonomy.raise(shop);
      expect((await autonomy.decided(id)).outcome).toBe('left');
      await bench.verb(id, 'approve');
      await bench.verb(id, 'execute').catch(() => undefined);
      await bench.ended(id);
      expect(await verdict(id)).toBe('verified');
      await sufferAgain();
    }
    expect(await autonomy.cellOf(shop)).toMatchObject({ level: 'full_auto', wins: 2 });

    const alone = await autonomy.raise(shop);
    const { remediation_action: acted } = await bench.ended(alone);
    expect([acted.executed_by, acted.approved_by]).toEqual(['autonomy', null]);
    expect(await verdict(alone)).toBe('verified');

    await sufferAgain();
    remedyBrings(5_000);
    const harmful = await autonomy.raise(shop);
    await bench.ended(harmful);
    expect(await verdict(harmful)).toBe('made_worse');
    await eventually(
      () => autonomy.cellOf(shop),
      ({ level, wins }) => level === 'manual' && wins === 0,
    );
    // What it did is taken back by itself, and the next is for people again.
    const takenBack = await eventually(
      async () =>
        bench.app.database.query<{ status: string }>(
          'SELECT status FROM remediation_actions WHERE rollback_of = $1',
          [harmful],
        ),
      ([rollback]) => rollback?.status === 'completed',
      30_000,
    );
    expect(takenBack).toHaveLength(1);
    const next = await autonomy.raise(shop);
    expect(await autonomy.decided(next)).toMatchObject({ outcome: 'left', cell_level: 'manual' });
    expect(await autonomy.status(next)).toBe('pending');
    const { stats } = (await bench.app.get('/api/remediation/stats')).body.data;
    expect(stats).toMatchObject({ success_rate: 100, verified_success_rate: 75 });
  }, 240_000);
});
