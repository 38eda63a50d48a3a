import { DatabaseAnswer, DatabaseProbe } from './database-probe';
import { Readiness } from './readiness';

const UP: DatabaseAnswer = { reachable: true, migrated: true };
const DOWN: DatabaseAnswer = { reachable: false, migrated: null };

function readinessOn(answer: DatabaseAnswer): { readiness: Readiness; asked: () => number } {
  let count = 0;
  const probe = {
    ask: async () => {
      count += 1;
      return answer;
    },
  };
  return { readiness: new Readiness(probe as DatabaseProbe), asked: () => count };
}

describe('readiness', () => {
  it.each<[string, DatabaseAnswer, string[]]>([
    ['a migrated database', UP, []],
    ['an unreachable database', DOWN, ['database unreachable']],
    ['a database that lacks tables', { reachable: true, migrated: false }, ['database not yet migrated']],
  ])('on %s', async (_, answer, reasons) => {
    expect(await readinessOn(answer).readiness.check()).toEqual({ ready: reasons.length === 0, reasons });
  });

  it('is over at once while draining, and asks nobody', async () => {
    const { readiness, asked } = readinessOn(UP);
    readiness.drain();
    expect(await readiness.check()).toEqual({ ready: false, reasons: ['shutting down'] });
    expect(asked()).toBe(0);
  });

  it('asks the database once for a storm of probes', async () => {
    const { readiness, asked } = readinessOn(UP);
    await Promise.all(Array.from({ length: 1_000 }, () => readiness.check()));
    expect(asked()).toBe(1);
  });
});
