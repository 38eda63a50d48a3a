import type { TestDatabase } from '../support/test-database';
import { createTestDatabase } from '../support/test-database';
import { killTheWorker } from '../torture/kill-the-worker';
import { pauseTheWorker } from '../torture/pause-the-worker';
import { raceVerbs } from '../torture/race-verbs';

/** Done many more times by `npm run torture`. */
describe('a step of remediation', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it('reaches its target once at most, and is never stuck, wherever its worker is killed', async () => {
    const { figures, breaches } = await killTheWorker(database, { kills: 3 });
    expect(breaches).toEqual([]);
    expect(figures).toMatchObject({ kills: 3, unknown: 3 });
  }, 240_000);

  it('is neither sent nor changed by a worker that slept through its lease', async () => {
    const { figures, breaches } = await pauseTheWorker(database, { pauses: 1 });
    expect(breaches).toEqual([]);
    expect(figures).toMatchObject({ pauses: 1, late: 1 });
  }, 240_000);

  it('has one winner among approvals, executions and cancellations of two processes', async () => {
    const { breaches } = await raceVerbs(database, { rounds: 20, parallel: 10 });
    expect(breaches).toEqual([]);
  }, 120_000);
});
