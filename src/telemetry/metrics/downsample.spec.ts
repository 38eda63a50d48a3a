import fc from 'fast-check';

import { SeriesSamples } from './chunk-codec';
import { downsample, mergeSamples } from './downsample';

function samples(...points: readonly (readonly [timeMs: number, value: number])[]): SeriesSamples {
  return {
    timesMs: Float64Array.from(points, ([timeMs]) => timeMs),
    values: Float64Array.from(points, ([, value]) => value),
  };
}

const points = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.double({ noNaN: true })), {
    selector: ([timeMs]) => timeMs,
    maxLength: 60,
  })
  .map((list) => list.sort(([a], [b]) => a - b));

describe('downsample', () => {
  it('sums a step up in one bucket', () => {
    expect(downsample(samples([0, 1], [5, 3], [9, 2], [10, 8]), { fromMs: 0, toMs: 20, stepMs: 10 })).toEqual(
      [
        { startMs: 0, min: 1, max: 3, mean: 2, last: 2, count: 3, sum: 6 },
        { startMs: 10, min: 8, max: 8, mean: 8, last: 8, count: 1, sum: 8 },
      ],
    );
  });

  it('counts a sample at the start of the range and leaves one at its end', () => {
    const buckets = downsample(samples([99, 1], [100, 2], [199, 3], [200, 4]), {
      fromMs: 100,
      toMs: 200,
      stepMs: 100,
    });
    expect(buckets).toEqual([{ startMs: 100, min: 2, max: 3, mean: 2.5, last: 3, count: 2, sum: 5 }]);
  });

  it('omits empty buckets', () => {
    const buckets = downsample(samples([0, 1], [95, 2]), { fromMs: 0, toMs: 100, stepMs: 10 });
    expect(buckets.map(({ startMs }) => startMs)).toEqual([0, 90]);
  });

  it('leaves out NaN and infinities, and a bucket that has nothing else', () => {
    const buckets = downsample(samples([0, NaN], [1, 4], [2, Infinity], [10, NaN]), {
      fromMs: 0,
      toMs: 20,
      stepMs: 10,
    });
    expect(buckets).toEqual([{ startMs: 0, min: 4, max: 4, mean: 4, last: 4, count: 1, sum: 4 }]);
  });

  it('averages values whose sum would overflow', () => {
    const [bucket] = downsample(samples([0, 1.7e308], [1, 1.7e308], [2, -1.7e308]), {
      fromMs: 0,
      toMs: 10,
      stepMs: 10,
    });
    expect(bucket.mean / 1e308).toBeCloseTo(1.7 / 3, 10);
  });

  it('loses no sample of the range, and keeps min <= mean <= max', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 3000 }), (list, stepMs) => {
        const buckets = downsample(samples(...list), { fromMs: 1000, toMs: 9000, stepMs });
        const inRange = list.filter(
          ([timeMs, value]) => timeMs >= 1000 && timeMs < 9000 && Number.isFinite(value),
        );
        expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(inRange.length);
        for (const { startMs, min, max, mean, last, count, sum } of buckets) {
          const own = inRange
            .filter(([timeMs]) => timeMs >= startMs && timeMs < startMs + stepMs)
            .map(([, value]) => value);
          expect([count, last]).toEqual([own.length, own.at(-1)]);
          expect(sum).toBe(own.reduce((total, value) => total + value));
          expect([min, max]).toEqual([Math.min(...own), Math.max(...own)]);
          expect(mean >= min && mean <= max).toBe(true);
          expect((startMs - 1000) % stepMs).toBe(0);
        }
      }),
    );
  });

  it.each([0, -1, NaN])('refuses a step of %d ms', (stepMs) => {
    expect(() => downsample(samples([0, 1]), { fromMs: 0, toMs: 1, stepMs })).toThrow(RangeError);
  });
});

describe('mergeSamples', () => {
  it('stores an instant once: the later write wins', () => {
    const merged = mergeSamples([samples([1, 10], [3, 30]), samples([2, 20], [3, 33])]);
    expect(merged).toEqual(samples([1, 10], [2, 20], [3, 33]));
  });

  it('lets the later position win within one list', () => {
    expect(mergeSamples([samples([1, 10], [1, 11])])).toEqual(samples([1, 11]));
  });

  it('sorts a list that came out of order', () => {
    expect(mergeSamples([samples([3, 30], [1, 10], [2, 20])])).toEqual(samples([1, 10], [2, 20], [3, 30]));
  });

  it('agrees with a map that was written in the same order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(fc.nat(30), fc.double({ noNaN: true })), { maxLength: 20 }), {
          maxLength: 6,
        }),
        (lists) => {
          const merged = mergeSamples(lists.map((list) => samples(...list)));
          const expected = [...new Map(lists.flat())].sort(([a], [b]) => a - b);
          expect(merged).toEqual(samples(...expected));
        },
      ),
    );
  });

  it('keeps NaN payloads while it reorders', () => {
    const stale = {
      timesMs: Float64Array.of(5),
      values: new Float64Array(BigUint64Array.of(0x7ff0000000000002n).buffer),
    };
    const merged = mergeSamples([stale, samples([1, 2], [5, 3]), stale]);
    expect(new BigUint64Array(merged.values.buffer)[1]).toBe(0x7ff0000000000002n);
  });

  it('of nothing is empty', () => {
    expect(mergeSamples([]).timesMs).toHaveLength(0);
  });
});
