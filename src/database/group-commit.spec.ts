import { GroupCommit } from './group-commit';

/** A store that ends when told to. */
function held() {
  const stores: { items: readonly string[]; end: (error?: Error) => void }[] = [];
  const store = (items: readonly string[]) =>
    new Promise<void>((resolve, reject) => {
      stores.push({ items, end: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  return { stores, store };
}
const turn = () => new Promise(setImmediate);

describe('a group commit', () => {
  it('stores at once what finds room, and together what waits meanwhile, in order and up to the shared size', async () => {
    const { stores, store } = held();
    const group = new GroupCommit<string>({ underWay: 1, shared: 3, waiting: 100 }, store);
    const all = ['a', 'b', 'c', 'd', 'e'].map((item) => group.add(item, 1));
    expect(stores.map(({ items }) => items)).toEqual([['a']]);
    stores[0].end();
    await turn();
    expect(stores[1].items).toEqual(['b', 'c', 'd']);
    stores[1].end();
    await turn();
    stores[2].end();
    await Promise.all(all);
    expect(stores[2].items).toEqual(['e']);
  });

  it('begins a second store beside the first when a whole share waits, and never has more under way than allowed', async () => {
    const { stores, store } = held();
    const group = new GroupCommit<string>({ underWay: 2, shared: 3, waiting: 100 }, store);
    for (const item of ['a', 'b', 'c']) void group.add(item, 1);
    expect(stores.map(({ items }) => items)).toEqual([['a']]);
    for (const item of ['d', 'e', 'f', 'g']) void group.add(item, 1);
    expect(stores.map(({ items }) => items)).toEqual([['a'], ['b', 'c', 'd']]);
    stores[0].end();
    await turn();
    expect(stores.map(({ items }) => items)).toEqual([['a'], ['b', 'c', 'd'], ['e', 'f', 'g']]);
  });

  it('sends what is larger than a share alone', async () => {
    const { stores, store } = held();
    const group = new GroupCommit<string>({ underWay: 1, shared: 3, waiting: 100 }, store);
    for (const item of ['a', 'b', 'large', 'c']) void group.add(item, item === 'large' ? 9 : 1);
    for (const items of [['b'], ['large'], ['c']]) {
      stores.at(-1)?.end();
      await turn();
      expect(stores.at(-1)?.items).toEqual(items);
    }
  });

  it('tells everybody who shared a store that it failed, and goes on with the next', async () => {
    const { stores, store } = held();
    const group = new GroupCommit<string>({ underWay: 1, shared: 2, waiting: 100 }, store);
    void group.add('a', 1);
    const shared = [group.add('b', 1), group.add('c', 1)].map((one) =>
      one.catch((error: Error) => error.message),
    );
    const later = group.add('d', 1);
    stores[0].end();
    await turn();
    stores[1].end(new Error('away'));
    expect(await Promise.all(shared)).toEqual(['away', 'away']);
    stores[2].end();
    await expect(later).resolves.toBeUndefined();
  });

  it('is full while more waits than may', async () => {
    const { stores, store } = held();
    const group = new GroupCommit<string>({ underWay: 1, shared: 10, waiting: 2 }, store);
    for (const item of ['a', 'b', 'c']) void group.add(item, 1);
    expect(group.isFull).toBe(false);
    void group.add('d', 1);
    expect(group.isFull).toBe(true);
    stores[0].end();
    await turn();
    expect(group.isFull).toBe(false);
  });
});
