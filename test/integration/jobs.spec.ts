import { Database } from '../../src/database/database';
import { EventsService } from '../../src/events/events.service';
import { JobsService } from '../../src/jobs/jobs.service';
import { eventually, TestApp } from '../support/test-app';

describe('jobs and events', () => {
  let server: TestApp;
  const delivered: { subscriber: string; anomalyId: number }[] = [];
  let failuresLeft = 0;
  let broken = 0;

  beforeAll(async () => {
    server = await TestApp.start({}, undefined, (app) => {
      const events = app.get(EventsService);
      for (const subscriber of ['first', 'second']) {
        events.subscribe(
          'anomaly.opened',
          subscriber,
          async ({ anomalyId }) => void delivered.push({ subscriber, anomalyId }),
        );
      }
      const jobs = app.get(JobsService);
      jobs.register('test.flaky', async () => {
        failuresLeft -= 1;
        if (failuresLeft >= 0) throw new Error('not yet');
        delivered.push({ subscriber: 'flaky', anomalyId: 0 });
      });
      jobs.register(
        'test.broken',
        async ({ secret }: { secret: string }) => {
          broken += 1;
          throw new Error(`cannot do ${secret}`);
        },
        { retries: 0 },
      );
    });
  });
  afterAll(() => server.stop());

  const report = () =>
    server.post('/api/anomalies', {
      title: 't',
      description: 'd',
      severity: 'low',
      anomaly_score: 0,
      confidence: 0,
    });

  it('delivers an event to each of its subscribers after the writer has committed', async () => {
    const { body } = await report();
    const { id } = body.data.anomaly;
    const mine = () =>
      delivered.filter(({ anomalyId }) => anomalyId === id).map(({ subscriber }) => subscriber);
    await eventually(mine, (subscribers) => subscribers.length === 2);
    expect(mine().sort()).toEqual(['first', 'second']);
  });

  it('delivers nothing of a transaction that rolled back', async () => {
    const database = server.app.get(Database);
    const events = server.app.get(EventsService);
    await expect(
      database.run(async () => {
        await events.publish('anomaly.opened', { anomalyId: -1, seriesId: null });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await report();
    await eventually(
      () => delivered.length,
      (count) => count >= 4,
    );
    expect(delivered.some(({ anomalyId }) => anomalyId === -1)).toBe(false);
  });

  it('tries a failing job again, with back-off, until it succeeds', async () => {
    failuresLeft = 1;
    await server.app.get(JobsService).enqueue('test.flaky', {});
    await eventually(() => delivered.some(({ subscriber }) => subscriber === 'flaky'), Boolean, 30_000);
  }, 40_000);

  it('keeps a job that used up its attempts as a dead letter, shows it to admins, and sends it round again when asked', async () => {
    await server.app.get(JobsService).enqueue('test.broken', { secret: 'x' });
    const dead = async () =>
      (await server.get('/api/admin/jobs/dead-letters')).body.data.dead_letters as {
        queue: string;
        data: object;
      }[];
    const letters = await eventually(dead, (list) => list.length === 1, 20_000);
    expect(letters[0]).toMatchObject({ queue: 'test.broken', data: { secret: 'x' } });
    const { queues } = (await server.get('/api/admin/jobs')).body.data;
    expect(queues.find(({ name }: { name: string }) => name === 'test.broken')).toMatchObject({
      dead_letters: 1,
    });
    const again = await server.post('/api/admin/jobs/test.broken/redrive');
    expect([again.status, again.body.data.redriven]).toEqual([201, 1]);
    await eventually(
      () => broken,
      (count) => count === 2,
      20_000,
    );
    expect((await server.post('/api/admin/jobs/none/redrive')).status).toBe(404);
  }, 60_000);
});
