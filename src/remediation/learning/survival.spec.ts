import fc from 'fast-check';

import { endWithin, kaplanMeier, type Lasted } from './survival';

const ended = (...seconds: number[]): Lasted[] => seconds.map((each) => ({ seconds: each, hasEnded: true }));
const censored = (...seconds: number[]): Lasted[] =>
  seconds.map((each) => ({ seconds: each, hasEnded: false }));

describe('how long something lasts', () => {
  it('is the estimate of the textbooks (Freireich 1963, 6-MP: 9 relapses among 21)', () => {
    const seen = [
      ...ended(6, 6, 6, 7, 10, 13, 16, 22, 23),
      ...censored(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35),
    ];
    const { steps } = kaplanMeier(seen);
    expect(steps.map(({ seconds, share }) => [seconds, Number(share.toFixed(3))])).toEqual([
      [6, 0.857],
      [7, 0.807],
      [10, 0.753],
      [13, 0.69],
      [16, 0.627],
      [22, 0.538],
      [23, 0.448],
    ]);
    // The published standard errors at 6 and 23 weeks.
    expect(steps[0].share * Math.sqrt(steps[0].logVariance)).toBeCloseTo(0.0764, 4);
    expect(steps[6].share * Math.sqrt(steps[6].logVariance)).toBeCloseTo(0.1346, 4);
    // And the published log-log interval of what lasts beyond 23.
    const { probability, lower, upper } = endWithin(kaplanMeier(seen), 0, 23)!;
    expect([1 - upper, 1 - probability, 1 - lower].map((share) => Number(share.toFixed(3)))).toEqual([
      0.188, 0.448, 0.68,
    ]);
  });

  it('counts what is censored at the time of an end as still there', () => {
    expect(kaplanMeier([...ended(5), ...censored(5)]).steps).toMatchObject([{ seconds: 5, share: 0.5 }]);
  });

  it('has no steps where nothing was seen to end', () => {
    expect(kaplanMeier(censored(1, 2, 3)).steps).toEqual([]);
    expect(kaplanMeier([])).toEqual({ seconds: [], steps: [] });
  });
});

describe('how likely something of an age ends within a time', () => {
  const of = (seen: Lasted[], age: number, horizon: number) => endWithin(kaplanMeier(seen), age, horizon);

  it('is not known where none was seen at that age', () => {
    expect(of([], 0, 10)).toBeNull();
    expect(of(ended(1, 2, 3), 3, 10)).toBeNull();
  });

  it('is not known where none was followed for that long', () => {
    expect(of([...ended(5), ...censored(8, 9)], 0, 10)).toBeNull();
    expect(of([...ended(5), ...censored(8, 10)], 0, 10)).toMatchObject({
      probability: expect.closeTo(1 / 3),
    });
  });

  it('is certain, as far as that was seen, where all have ended', () => {
    const estimate = of(ended(1, 2, 3, 4, 5), 0, 10)!;
    expect(estimate).toMatchObject({ probability: 1, upper: 1, atRisk: 5 });
    expect(estimate.lower).toBeCloseTo(0.566, 3);
  });

  it('is bounded by those who were followed where none has ended', () => {
    const estimate = of(censored(5, 5, 5, 20, 20, 20, 20), 0, 10)!;
    expect(estimate).toMatchObject({ probability: 0, lower: 0, atRisk: 7 });
    expect(estimate.upper).toBeCloseTo(0.49, 2);
  });

  const lasted = fc.record({ seconds: fc.integer({ min: 0, max: 50 }), hasEnded: fc.boolean() });
  const span = fc.nat({ max: 60 });

  it('lies with its interval between 0 and 1', () => {
    fc.assert(
      fc.property(fc.array(lasted, { maxLength: 60 }), span, span, (seen, age, horizon) => {
        const estimate = of(seen, age, horizon);
        if (estimate === null) return;
        const { lower, probability, upper } = estimate;
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(probability + 1e-12);
        expect(probability).toBeLessThanOrEqual(upper + 1e-12);
        expect(upper).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('never falls the longer it is waited', () => {
    fc.assert(
      fc.property(fc.array(lasted, { maxLength: 60 }), span, span, span, (seen, age, horizon, more) => {
        const [sooner, later] = [of(seen, age, horizon), of(seen, age, horizon + more)];
        if (sooner === null || later === null) return;
        expect(later.probability).toBeGreaterThanOrEqual(sooner.probability - 1e-12);
      }),
    );
  });

  it('is the share that was seen where all were seen to their end', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 50 }), { minLength: 1 }), span, span, (seconds, age, horizon) => {
        const older = seconds.filter((each) => each > age);
        const estimate = of(ended(...seconds), age, horizon);
        if (older.length === 0) expect(estimate).toBeNull();
        else
          expect(estimate!.probability).toBeCloseTo(
            older.filter((each) => each <= age + horizon).length / older.length,
            10,
          );
      }),
    );
  });

  it('is no higher where less was seen to its end', () => {
    fc.assert(
      fc.property(
        fc.array(lasted, { minLength: 1, maxLength: 60 }),
        fc.nat(),
        span,
        span,
        (seen, at, age, horizon) => {
          const blind = seen.map((each, index) =>
            index === at % seen.length ? { ...each, hasEnded: false } : each,
          );
          const [all, less] = [of(seen, age, horizon), of(blind, age, horizon)];
          if (all === null || less === null) return;
          expect(less.atRisk).toBe(all.atRisk);
          expect(less.probability).toBeLessThanOrEqual(all.probability + 1e-12);
        },
      ),
    );
  });
});
