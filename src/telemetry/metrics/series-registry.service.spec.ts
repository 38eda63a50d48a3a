import type { Database } from '../../database/database';
import type { Sample } from '../telemetry.types';
import type { NewSeries, SeriesRepository } from './series.repository';
import { SeriesRegistry } from './series-registry.service';

/** Remembers what is registered, as the table does, and how often it is asked. */
class RememberedSeries {
  readonly idsByFingerprint = new Map<string, number>();
  readonly deletions: { id: number; agoSeconds: number }[] = [];
  registered = 0;

  findIds(series: readonly Pick<NewSeries, 'fingerprint'>[]): Promise<Map<string, number>> {
    const hex = series.map(({ fingerprint }) => fingerprint.toString('hex'));
    return Promise.resolve(
      new Map(
        hex.flatMap((one) => {
          const id = this.idsByFingerprint.get(one);
          return id === undefined ? [] : [[one, id] as const];
        }),
      ),
    );
  }

  register(series: readonly NewSeries[]): Promise<Map<string, number>> {
    this.registered += series.length;
    for (const { fingerprint } of series)
      this.idsByFingerprint.set(fingerprint.toString('hex'), this.idsByFingerprint.size + 1);
    return this.findIds(series);
  }

  listDeleted(withinSeconds: number): Promise<number[]> {
    return Promise.resolve(
      this.deletions.filter(({ agoSeconds }) => agoSeconds <= withinSeconds).map(({ id }) => id),
    );
  }
}

const NOW = Date.UTC(2026, 0, 1);
const samples = (count: number, first = 0): Sample[] =>
  Array.from({ length: count }, (_, i) => ({
    name: 'up',
    labels: { host: `h${first + i}` },
    value: 1,
    timeMs: NOW,
  }));

describe('the registry of series', () => {
  let stored: RememberedSeries;
  const start = (): SeriesRegistry =>
    new SeriesRegistry(
      stored as unknown as SeriesRepository,
      { apart: <T>(work: () => Promise<T>) => work() } as unknown as Database,
    );
  beforeEach(() => (stored = new RememberedSeries()));

  it('refuses more new series within a minute than a sender can mean, and takes them in the next', async () => {
    const registry = start();
    await registry.resolve(samples(20_000), NOW);
    await expect(registry.resolve(samples(1, 20_000), NOW)).rejects.toMatchObject({
      code: 'telemetry/too-many-new-series',
    });
    await expect(registry.resolve(samples(1, 20_000), NOW + 60_000)).resolves.toEqual([20_001]);
  });

  it('counts none as new that is registered, however many a process meets that has just started', async () => {
    await start().resolve(samples(20_000), NOW);
    await start().resolve(samples(10_000, 20_000), NOW);
    const ids = await start().resolve(samples(30_000), NOW);
    expect(ids).toHaveLength(30_000);
    expect(stored.registered).toBe(30_000);
  });

  it('remembers series between requests that are minutes apart, but for those that were deleted meanwhile', async () => {
    const registry = start();
    const [kept, gone] = await registry.resolve(samples(2), NOW);
    stored.idsByFingerprint.clear();
    stored.idsByFingerprint.set('other', 1);
    stored.idsByFingerprint.set('another', 2);
    stored.deletions.push({ id: gone, agoSeconds: 250 });
    expect(await registry.resolve(samples(2), NOW + 300_000)).toEqual([kept, 3]);
  });

  it('begins anew after a silence longer than word of deleted series is kept', async () => {
    const registry = start();
    await registry.resolve(samples(1), NOW);
    stored.idsByFingerprint.clear();
    stored.idsByFingerprint.set('other', 1);
    expect(await registry.resolve(samples(1), NOW + 86_400_000)).toEqual([2]);
  });
});
