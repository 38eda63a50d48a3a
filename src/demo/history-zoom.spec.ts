import { ReadBuckets, readHistory } from './history-zoom';

/** Buckets of samples, as the product makes them; remembers what it was asked. */
function productWith(samples: readonly (readonly [timeMs: number, value: number])[]) {
  const asked: number[] = [];
  const read: ReadBuckets = async (fromMs, toMs, stepSeconds) => {
    asked.push((toMs - fromMs) / 1_000 / stepSeconds);
    const inRange = samples.filter(([timeMs]) => timeMs >= fromMs && timeMs < toMs);
    const groups = Map.groupBy(inRange, ([timeMs]) => Math.floor((timeMs - fromMs) / 1_000 / stepSeconds));
    return [...groups].map(([index, group]) => {
      const values = group.map(([, value]) => value);
      const time = new Date(fromMs + 1_000 * index * stepSeconds).toISOString();
      return { time, min: Math.min(...values), max: Math.max(...values), count: values.length };
    });
  };
  return { read, asked };
}

const START_MS = Date.UTC(2014, 1, 14, 14, 27);

describe('the history of a series', () => {
  it.each([
    ['a minute at one-second steps', 1_000, 60],
    ['two weeks at five-minute steps', 300_000, 4_032],
    ['ten years of days', 86_400_000, 3_650],
  ])('is found for %s', async (_, stepMs, count) => {
    const product = productWith(Array.from({ length: count }, (__, i) => [START_MS + i * stepMs, i]));
    const spans = await readHistory(product.read);
    const last = START_MS + (count - 1) * stepMs;
    const bucketMs = spans[0].endMs - spans[0].startMs;
    expect(spans.length).toBeGreaterThan(count / 3);
    expect(spans[0]).toMatchObject({ min: 0 });
    expect(spans[spans.length - 1]).toMatchObject({ max: count - 1 });
    expect(START_MS - spans[0].startMs).toBeLessThan(bucketMs);
    expect(spans[spans.length - 1].endMs - last).toBeLessThanOrEqual(bucketMs);
  });

  it('never asks for more buckets than the product gives', async () => {
    const { read, asked } = productWith([
      [START_MS, 1],
      [START_MS + 59_000, 2],
    ]);
    await readHistory(read);
    expect(Math.max(...asked)).toBeLessThanOrEqual(11_000);
  });

  it('is empty where there is no sample', async () => {
    expect(await readHistory(productWith([]).read)).toEqual([]);
  });

  it('may be a single sample', async () => {
    expect(await readHistory(productWith([[START_MS, 7]]).read)).toMatchObject([
      { startMs: START_MS, min: 7, max: 7 },
    ]);
  });
});
