import { areHealthy, Components } from './components';
import { DatabaseAnswer, DatabaseProbe } from './database-probe';
import { QueueCounts } from './queue-counts';
import { Readiness } from './readiness';

const UP: DatabaseAnswer = { reachable: true, migrated: true };
const DOWN: DatabaseAnswer = { reachable: false, migrated: null };

function readinessOn(answer: DatabaseAnswer): Readiness {
  return new Readiness({ ask: async () => answer } as DatabaseProbe);
}

describe('the parts of the product', () => {
  const componentsOn = (answer: DatabaseAnswer, queues: [] | null = []): Components =>
    new Components(readinessOn(answer), { find: async () => queues } as unknown as QueueCounts);

  it('are as they report', async () => {
    const components = componentsOn(UP);
    components.register('ml_models', () => 'degraded');
    const states = await components.states();
    expect(states).toEqual({ database: 'healthy', jobs: 'healthy', ml_models: 'degraded' });
    expect(areHealthy(states)).toBe(false);
  });

  it('are all well where none reports otherwise', async () => {
    expect(areHealthy(await componentsOn(UP).states())).toBe(true);
  });

  it('tell an outage of the database from a missing migration', async () => {
    expect(await componentsOn(DOWN, null).states()).toEqual({ database: 'unavailable', jobs: 'unavailable' });
    expect((await componentsOn({ reachable: true, migrated: false }).states()).database).toBe('degraded');
  });

  it('are unavailable where they cannot tell', async () => {
    const components = componentsOn(UP);
    components.register('ai_handler', () => {
      throw new Error('broken');
    });
    expect((await components.states()).ai_handler).toBe('unavailable');
  });

  it('are unavailable where they take over a second to tell', async () => {
    jest.useFakeTimers();
    try {
      const components = componentsOn(UP);
      components.register('ai_handler', () => new Promise(() => undefined));
      const states = components.states();
      await jest.advanceTimersByTimeAsync(1_000);
      expect((await states).ai_handler).toBe('unavailable');
    } finally {
      jest.useRealTimers();
    }
  });

  it('have one name each', () => {
    const components = componentsOn(UP);
    expect(() => components.register('database', () => 'healthy')).toThrow(
      'The component database is registered twice',
    );
  });
});
