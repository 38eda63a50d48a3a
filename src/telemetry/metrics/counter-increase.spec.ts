import fc from 'fast-check';

import { SeriesSamples } from './chunk-codec';
import { counterIncreases } from './counter-increase';

const STALE = 0x7ff0000000000002n;

/** A counter's samples; null is the stale marker. */
function samples(...points: readonly (readonly [timeMs: number, value: number | null])[]): SeriesSamples {
  const values = Float64Array.from(points, ([, value]) => value ?? 0);
  const bits = new BigUint64Array(values.buffer);
  points.forEach(([, value], i) => value === null && (bits[i] = STALE));
  return { timesMs: Float64Array.from(points, ([timeMs]) => timeMs), values };
}

const grid = { fromMs: 100, toMs: 200, stepMs: 50 };

describe('counterIncreases', () => {
  it.each<[string, SeriesSamples, [startMs: number, increase: number, elapsedMs: number][]]>([
    [
      'counts each pair in the step of its later sample',
      samples([110, 1], [140, 4], [160, 10], [190, 11]),
      [
        [100, 3, 30],
        [150, 7, 50],
      ],
    ],
    ['grows the first step from the sample before it', samples([90, 1], [110, 4]), [[100, 3, 20]]],
    [
      'takes a value that falls for a counter that began at zero',
      samples([100, 9], [110, 2]),
      [[100, 2, 10]],
    ],
    ['sees a restart at zero as no growth', samples([100, 9], [110, 0], [120, 0]), [[100, 0, 20]]],
    ['never falls where a value is negative', samples([100, 9], [110, -5], [120, -1]), [[100, 4, 20]]],
    ['ends a run at a stale marker', samples([100, 1], [110, null], [120, 9], [130, 10]), [[100, 1, 10]]],
    ['passes over a NaN that is no stale marker', samples([100, 1], [110, NaN], [120, 3]), [[100, 2, 20]]],
    ['passes over an infinity', samples([100, 1], [110, Infinity], [120, 3]), [[100, 2, 20]]],
    ['leaves out what comes at the end of the range', samples([190, 1], [200, 3]), []],
    ['leaves out steps without a pair', samples([100, 1], [199, 2]), [[150, 1, 99]]],
    ['says nothing of one sample', samples([100, 1]), []],
    ['says nothing of none', samples(), []],
  ])('%s', (_, counter, expected) => {
    expect(
      counterIncreases(counter, grid).map(({ startMs, increase, elapsedMs }) => [
        startMs,
        increase,
        elapsedMs,
      ]),
    ).toEqual(expected);
  });

  const counter = fc
    .uniqueArray(fc.tuple(fc.nat(10_000), fc.option(fc.nat(1_000), { freq: 8 })), {
      selector: ([timeMs]) => timeMs,
      maxLength: 80,
    })
    .map((points) => samples(...points.sort(([a], [b]) => a - b)));

  it('sums up to the whole increase, whatever the step', () => {
    const whole = { fromMs: 1_000, toMs: 9_000 };
    fc.assert(
      fc.property(counter, fc.integer({ min: 1, max: 9_000 }), (list, stepMs) => {
        const sum = (steps: readonly { increase: number; elapsedMs: number }[]) =>
          steps.reduce((total, step) => [total[0] + step.increase, total[1] + step.elapsedMs], [0, 0]);
        expect(sum(counterIncreases(list, { ...whole, stepMs }))).toEqual(
          sum(counterIncreases(list, { ...whole, stepMs: 8_000 })),
        );
      }),
    );
  });

  it('gives no negative rate, and one time passed for each', () => {
    fc.assert(
      fc.property(counter, fc.integer({ min: 1, max: 9_000 }), (list, stepMs) => {
        for (const step of counterIncreases(list, { fromMs: 1_000, toMs: 9_000, stepMs })) {
          expect(step.increase).toBeGreaterThanOrEqual(0);
          expect(step.elapsedMs).toBeGreaterThan(0);
          expect((step.startMs - 1_000) % stepMs).toBe(0);
        }
      }),
    );
  });

  it('counts a sample in one of two ranges that touch', () => {
    fc.assert(
      fc.property(counter, fc.integer({ min: 0, max: 10_000 }), (list, border) => {
        const increase = (fromMs: number, toMs: number) =>
          counterIncreases(list, { fromMs, toMs, stepMs: 20_000 }).reduce(
            (sum, step) => sum + step.increase,
            0,
          );
        expect(increase(0, border) + increase(border, 10_001)).toBe(increase(0, 10_001));
      }),
    );
  });

  it('refuses a step of nothing', () => {
    expect(() => counterIncreases(samples(), { ...grid, stepMs: 0 })).toThrow(RangeError);
  });
});
