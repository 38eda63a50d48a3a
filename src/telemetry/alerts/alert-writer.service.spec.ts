import type { Database } from '../../database/database';
import type { AlertRepository } from './alert.repository';
import type { AlertFeed } from './alert-feed.service';
import type { IncomingAlert } from './alert-group';
import { AlertWriter } from './alert-writer.service';

/** Remembers what it is given, and stores it when it is told to. */
class HeldRepository {
  readonly statements: (readonly IncomingAlert[])[] = [];
  changes = 0;
  private readonly ends: ((error?: Error) => void)[] = [];

  store(alerts: readonly IncomingAlert[]): Promise<number> {
    this.statements.push(alerts);
    return new Promise((resolve, reject) =>
      this.ends.push((error) => (error === undefined ? resolve(this.changes) : reject(error))),
    );
  }

  async finish(error?: Error): Promise<void> {
    this.ends.shift()?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let number = 0;
function alert(): IncomingAlert {
  const identity = String((number += 1));
  return {
    identity,
    fingerprint: identity,
    origin: { source: 'test', integrationId: null },
    toldCount: 1,
    signal: {
      labels: { identity },
      annotations: {},
      status: 'firing',
      startsAtMs: null,
      endsAtMs: null,
      generatorUrl: null,
      values: null,
    },
  };
}
const alerts = (count: number): IncomingAlert[] => Array.from({ length: count }, alert);

describe('alerts on their way into storage', () => {
  let repository: HeldRepository;
  let writer: AlertWriter;
  let wakeUps: number;

  beforeEach(() => {
    repository = new HeldRepository();
    wakeUps = 0;
    const database = { apart: <T>(work: () => Promise<T>) => work() };
    writer = new AlertWriter(
      repository as unknown as AlertRepository,
      { wake: () => (wakeUps += 1) } as unknown as AlertFeed,
      database as unknown as Database,
    );
  });

  it('share a statement with whatever waits meanwhile, and are answered when it has committed', async () => {
    const answered: number[] = [];
    const writes = [1, 2, 3, 4, 5].map((request) =>
      writer.write([alert()]).then(() => answered.push(request)),
    );
    expect(repository.statements.map(({ length }) => length)).toEqual([1]);
    await repository.finish();
    expect(answered).toEqual([1]);
    expect(repository.statements.map(({ length }) => length)).toEqual([1, 4]);
    await repository.finish();
    await Promise.all(writes);
    expect(answered).toEqual([1, 2, 3, 4, 5]);
  });

  it('fail with those that they share a statement with, and with no others', async () => {
    const [first, second, third] = [1, 2, 3].map(() => writer.write([alert()]));
    const failures = Promise.allSettled([first, second, third]);
    await repository.finish();
    await repository.finish(new Error('the database went away'));
    const fourth = writer.write([alert()]);
    await repository.finish();
    await expect(fourth).resolves.toBeUndefined();
    expect((await failures).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('wake those who read changes only where there is one', async () => {
    for (const changes of [0, 2]) {
      repository.changes = changes;
      const write = writer.write([alert()]);
      await repository.finish();
      await write;
    }
    expect(wakeUps).toBe(1);
  });

  it('are refused where too many wait, with a time to come again; what waits is stored all the same', async () => {
    const under = [writer.write(alerts(1)), writer.write(alerts(500))];
    const waiting = [writer.write(alerts(20_001))];
    await expect(writer.write(alerts(1))).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'alert/overloaded',
      retryAfterSeconds: 2,
    });
    for (let i = 0; i < 3; i += 1) await repository.finish();
    await Promise.all([...under, ...waiting]);
    const next = writer.write(alerts(1));
    await repository.finish();
    await next;
  });
});
