import { eventually, TestApp } from '../support/test-app';

describe('compaction', () => {
  it('does not wait for its minute where many samples wait', async () => {
    const server = await TestApp.start();
    try {
      await server.database.query(`DELETE FROM jobs.schedule WHERE name = 'telemetry.compact'`);
      const startMs = Date.now() - 3_600_000;
      for (let from = 0; from < 3_200; from += 400) {
        const samples = Array.from({ length: 4_000 }, (_, i) => ({
          name: `depth_${i % 10}`,
          value: i,
          timestamp: startMs + (from + Math.floor(i / 10)) * 1_000,
        }));
        expect((await server.post('/api/telemetry/samples', { samples })).status).toBe(201);
      }
      await eventually(
        () => server.database.query('SELECT 1 FROM sample_batches'),
        (batches) => batches.length === 0,
        50_000,
      );
      expect(
        await server.database.query('SELECT sum(sample_count)::integer AS samples FROM sample_chunks'),
      ).toEqual([{ samples: 32_000 }]);
    } finally {
      await server.stop();
    }
  });
});
