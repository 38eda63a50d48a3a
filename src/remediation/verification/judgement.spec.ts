import fc from 'fast-check';

import { type Condition, judge, LATENESS_MS, type Watched } from './judgement';
import type { Measurement } from './measurement';

const BEGAN = 1_000_000;
const DONE = 1_010_000;
const GIVE_UP = 1_130_000;
const LATENCY: Condition = { op: '<', threshold: 0.3, forMs: 30_000 };

/** One value a second from a time on. */
function each(fromMs: number, values: readonly number[]): Measurement {
  return { timesMs: values.map((_, i) => fromMs + i * 1_000), values };
}
const level = (value: number, seconds: number): number[] => Array.from({ length: seconds }, () => value);
/** Grows (or falls) evenly, at the last of so many seconds to a value. */
const slope = (from: number, perSecond: number, seconds: number): number[] =>
  Array.from({ length: seconds }, (_, i) => from + i * perSecond);

function watched(
  before: readonly number[],
  after: readonly number[],
  nowMs = GIVE_UP + LATENESS_MS,
): Watched {
  return {
    before: each(BEGAN - before.length * 1_000, before),
    after: each(DONE, after),
    doneAtMs: DONE,
    giveUpAtMs: GIVE_UP,
    nowMs,
  };
}

const early = DONE + 45_000;
const outcome = (of: Watched, condition = LATENCY) => judge(condition, of).outcome;

describe('whether an action has helped', () => {
  it.each<[string, string | null, Watched]>([
    ['the symptom is gone for its time', 'verified', watched(level(0.9, 60), level(0.1, 40), early)],
    ['it is gone after a while', 'verified', watched(level(0.9, 60), [...level(0.9, 60), ...level(0.1, 40)])],
    ['it is gone, but not yet for long enough', null, watched(level(0.9, 60), level(0.1, 20), early)],
    [
      'it comes and goes',
      'no_effect',
      watched(
        level(0.9, 60),
        Array.from({ length: 121 }, (_, i) => (i % 20 < 10 ? 0.1 : 0.9)),
      ),
    ],
    ['nothing has changed', 'no_effect', watched(level(0.9, 60), level(0.9, 121))],
    ['nothing has changed so far', null, watched(level(0.9, 60), level(0.9, 45), early)],
    ['it is a little less bad', 'no_effect', watched(level(0.9, 60), level(0.8, 121))],
    ['it is much worse', 'made_worse', watched(level(0.9, 60), level(2, 121))],
    [
      'it is much worse for so long that it need not be waited for',
      'made_worse',
      watched(level(0.9, 60), level(2, 40), early),
    ],
    [
      'it is worse for a moment only',
      null,
      watched(level(0.9, 60), [...level(2, 20), ...level(0.9, 25)], early),
    ],
    ['it goes on getting worse as before', 'no_effect', watched(slope(0.5, 0.01, 60), slope(1.2, 0.01, 121))],
    [
      'it gets worse much faster than before',
      'made_worse',
      watched(slope(0.5, 0.001, 60), slope(0.6, 0.05, 121)),
    ],
    ['it held before already', 'unverified', watched(level(0.1, 60), level(0.1, 40), early)],
    ['it held before and does no more', 'made_worse', watched(level(0.1, 60), level(0.9, 121))],
    [
      'it held before and does at times',
      'unverified',
      watched(level(0.1, 60), [...level(0.9, 100), ...level(0.1, 21)]),
    ],
    ['it was not measured any more', 'unverified', watched(level(0.9, 60), level(0.9, 10))],
    ['it was never measured', 'unverified', watched([], [])],
    ['it was not measured before, and is gone', 'verified', watched([], level(0.1, 40), early)],
  ])('where %s: %s', (_, expected, of) => {
    expect(outcome(of)).toBe(expected);
  });

  it('does not take a gap for time in which it held', () => {
    const gap: Measurement = {
      timesMs: [DONE, DONE + 1_000, DONE + 2_000, DONE + 60_000],
      values: [0.1, 0.1, 0.1, 0.1],
    };
    expect(outcome({ ...watched(level(0.9, 60), [], DONE + 61_000), after: gap })).toBeNull();
  });

  it('says since when the symptom is gone, and the numbers behind what it says', () => {
    const { recoveredAtMs, measured, reason } = judge(
      LATENCY,
      watched(level(0.9, 60), [...level(0.9, 5), ...level(0.1, 40)], early),
    );
    expect(recoveredAtMs).toBe(DONE + 5_000);
    expect(measured).toMatchObject({
      before: 0.9,
      expected: 0.9,
      after: 0.1,
      samples_before: 60,
      samples_after: 45,
    });
    expect(reason).toBe('It has been < 0.3 for 30 s');
  });

  it('looks the other way where more is better', () => {
    const throughput: Condition = { op: '>=', threshold: 100, forMs: 30_000 };
    expect(outcome(watched(level(50, 60), level(120, 40), early), throughput)).toBe('verified');
    expect(outcome(watched(level(50, 60), level(10, 121)), throughput)).toBe('made_worse');
    expect(outcome(watched(slope(90, -0.5, 60), slope(55, -0.5, 121)), throughput)).toBe('no_effect');
  });

  const values = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 5, maxLength: 121 });

  it('is the same in any unit', () => {
    fc.assert(
      fc.property(values, values, fc.constantFrom(2 ** -10, 0.5, 8, 1_024), (before, after, unit) => {
        const scaled = (of: readonly number[]) => of.map((value) => value * unit);
        expect(outcome(watched(scaled(before), scaled(after)), { ...LATENCY, threshold: 4 * unit })).toBe(
          outcome(watched(before, after), { ...LATENCY, threshold: 4 }),
        );
      }),
    );
  });

  it('never says no effect or worse of what recovered in the end for its time', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const said = outcome(watched([9, ...before], [...after.slice(0, 80), ...level(0, 41)]), {
          ...LATENCY,
          threshold: 4,
        });
        expect(['verified', 'unverified']).toContain(said);
      }),
    );
  });

  it('says something when the time is up, whatever was measured', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 50 }),
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 121 }),
        (before, after) => {
          expect(outcome(watched(before, after))).not.toBeNull();
        },
      ),
    );
  });
});
