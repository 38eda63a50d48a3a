import { AnomalyListRepository } from '../../src/anomaly/anomaly-list.repository';
import { TestApp } from '../support/test-app';

const base = { title: 't', description: 'd', severity: 'low', anomaly_score: 0.1, confidence: 0.1 };

describe('the counters of anomalies', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const counted = async () =>
    (await server.get('/api/anomalies/stats')).body.data.stats.total_anomalies as number;
  const stored = async () =>
    (
      await server.database.query<{ n: string }>(
        'SELECT count(*) AS n FROM anomalies WHERE deleted_at IS NULL',
      )
    )[0].n;

  it('agree with the table at every moment, folded or not, also while others write and fold', async () => {
    const repository = server.app.get(AnomalyListRepository);
    const write = async (n: number) => {
      const { body } = await server.post('/api/anomalies', { ...base, source: `s${n % 3}` });
      const { id } = body.data.anomaly;
      if (n % 2 === 0) await server.post(`/api/anomalies/${id}/resolve`);
      if (n % 5 === 0) await server.delete(`/api/anomalies/${id}`);
    };
    await Promise.all([
      ...Array.from({ length: 40 }, (_, n) => write(n)),
      ...Array.from({ length: 5 }, () => repository.foldCounts()),
    ]);
    expect(await counted()).toBe(Number(await stored()));
    await repository.foldCounts();
    expect(await counted()).toBe(Number(await stored()));
    expect(await server.database.query('SELECT 1 FROM anomaly_count_deltas')).toHaveLength(0);
    const { pagination } = (await server.get('/api/anomalies?status=resolved&source=s0')).body.data;
    const [{ n }] = await server.database.query<{ n: string }>(
      `SELECT count(*) AS n FROM anomalies WHERE deleted_at IS NULL AND status = 'resolved' AND source = 's0'`,
    );
    expect(pagination.total).toBe(Number(n));
  });
});
