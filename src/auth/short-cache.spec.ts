import { ShortCache } from './short-cache';

describe('a short cache', () => {
  let nowMs: number;
  let lookUps: string[];
  let cache: ShortCache<string>;

  const look = (key: string) => cache.get(key, async () => `${key}${lookUps.push(key)}`);

  beforeEach(() => {
    nowMs = 0;
    lookUps = [];
    cache = new ShortCache(5, 2, () => nowMs);
  });

  it('looks a key up once in its time', async () => {
    await look('a');
    nowMs = 4_999;
    expect(await look('a')).toBe('a1');
  });

  it('looks it up again afterwards', async () => {
    await look('a');
    nowMs = 5_000;
    expect(await look('a')).toBe('a2');
  });

  it('shares a look-up among those who come meanwhile', async () => {
    expect(await Promise.all([look('a'), look('a')])).toEqual(['a1', 'a1']);
  });

  it('forgets one key, or all', async () => {
    await look('a');
    cache.forget('a');
    expect(await look('a')).toBe('a2');
    cache.forgetAll();
    expect(await look('a')).toBe('a3');
  });

  it('does not remember a failure', async () => {
    await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await look('a')).toBe('a1');
  });

  it('lets the oldest go when it is full', async () => {
    await look('a');
    await look('b');
    await look('c');
    expect(await look('b')).toBe('b2');
    expect(await look('a')).toBe('a4');
  });
});
