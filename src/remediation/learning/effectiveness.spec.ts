import { Seeded } from '../../common/seeded';
import { effectivenessOf, type TreatedCase } from './effectiveness';
import { selfRecoveryOf } from './self-recovery';
import { kaplanMeier, type Lasted } from './survival';

let nextId = 1;
const treated = (outcome: TreatedCase['outcome'], more: Partial<TreatedCase> = {}): TreatedCase => ({
  actionId: nextId++,
  outcome,
  ageSeconds: 60,
  horizonSeconds: 600,
  recoverySeconds: outcome === 'verified' ? 30 : null,
  selfRecovery: 0.25,
  ...more,
});
const many = (count: number, outcome: TreatedCase['outcome'], more?: Partial<TreatedCase>) =>
  Array.from({ length: count }, () => treated(outcome, more));

/** A quarter of what is a minute old goes within ten. */
const NATURAL = kaplanMeier(
  Array.from({ length: 40 }, (_, index): Lasted => ({ seconds: index < 10 ? 300 : 3_600, hasEnded: true })),
);

describe('how effective a remedy is', () => {
  it('is by how much more recovered than was to be expected to by themselves', () => {
    const {
      treated: count,
      recovered,
      recovery,
      expected,
      lift,
      reason,
    } = effectivenessOf([...many(18, 'verified'), ...many(2, 'no_effect')], NATURAL);
    expect([count, recovered, recovery!.share, reason]).toEqual([20, 18, 0.9, null]);
    expect(expected).toMatchObject({ share: 0.25, actions: 20 });
    expect(lift!.difference).toBeCloseTo(0.65);
    expect(lift!.lower).toBeGreaterThan(0.35);
    expect(lift!.upper).toBeLessThan(0.85);
  });

  it('is nothing where what recovered would have anyway', () => {
    const lift = effectivenessOf(
      [...many(5, 'verified'), ...many(14, 'no_effect'), ...many(1, 'made_worse')],
      NATURAL,
    ).lift!;
    expect(lift.difference).toBeCloseTo(0);
    expect(lift.lower).toBeLessThan(0);
    expect(lift.upper).toBeGreaterThan(0);
  });

  it('counts what was not done, or could not be told, for and against nobody', () => {
    const {
      treated: count,
      unverified,
      failed,
      madeWorse,
      recovery,
    } = effectivenessOf(
      [
        ...many(3, 'verified'),
        ...many(1, 'made_worse'),
        ...many(4, 'unverified'),
        ...many(2, 'failed', { selfRecovery: null, horizonSeconds: null }),
      ],
      NATURAL,
    );
    expect([count, unverified, failed, madeWorse, recovery!.share]).toEqual([4, 4, 2, 1, 0.75]);
  });

  it('compares only actions of which it was known what to expect', () => {
    const { recovery, expected, lift } = effectivenessOf(
      [...many(5, 'verified'), ...many(5, 'no_effect', { selfRecovery: null })],
      NATURAL,
    );
    expect(recovery!.share).toBe(0.5);
    expect(expected!.actions).toBe(5);
    expect(lift!.difference).toBeCloseTo(0.75);
  });

  it('could be anything where the trouble that it was compared with is no longer known', () => {
    const { expected } = effectivenessOf(many(9, 'verified'), kaplanMeier([]));
    expect(expected).toMatchObject({ share: 0.25, lower: 0, upper: 1 });
  });

  it.each([
    ['nothing was judged', many(3, 'failed'), NATURAL, /^No action was judged yet/],
    ['nobody sees such trouble end', many(3, 'verified', { selfRecovery: null }), null, /never seen to end/],
    [
      'too little was left alone',
      many(3, 'verified', { selfRecovery: null }),
      kaplanMeier([]),
      /^Too little is known/,
    ],
  ])('is not said where %s, but why', (_, cases, natural, why) => {
    expect(effectivenessOf(cases, natural)).toMatchObject({ lift: null, reason: expect.stringMatching(why) });
  });

  it('shows how long recovery took, and the latest actions', () => {
    const cases = [10, 50, 20, 40].map((recoverySeconds) => treated('verified', { recoverySeconds }));
    const { medianRecoverySeconds, lastActionIds } = effectivenessOf(
      [...cases, ...many(4, 'no_effect')],
      NATURAL,
    );
    expect(medianRecoverySeconds).toBe(30);
    expect(lastActionIds.slice(0, 4)).toEqual(cases.map(({ actionId }) => actionId));
    expect(lastActionIds).toHaveLength(5);
    expect(effectivenessOf([], NATURAL).medianRecoverySeconds).toBeNull();
  });
});

describe('the interval of lift', () => {
  const RUNS = 400;
  const MEAN_SECONDS = 900;
  const HORIZON_SECONDS = 600;

  /** Trouble goes by itself after 15 minutes on average; some of it is closed, or acted on, before. */
  const left = (random: Seeded): Lasted => {
    const ends = -MEAN_SECONDS * Math.log(1 - random.next());
    const isCensored = random.next() < 0.3;
    const seen = isCensored ? random.next() * 2 * MEAN_SECONDS : Infinity;
    return { seconds: Math.min(ends, seen), hasEnded: ends <= seen };
  };

  it.each([
    ['a remedy that helps', 60, 30, 0.85],
    ['one that does nothing', 60, 30, 1 - Math.exp(-HORIZON_SECONDS / MEAN_SECONDS)],
    ['one that hinders', 60, 30, 0.2],
    ['few cases', 60, 8, 0.8],
    ['little trouble that was left alone', 15, 20, 0.8],
    ['many of both', 400, 200, 0.7],
  ])('holds the truth 19 times in 20: %s', (_, untreated, count, recovers) => {
    const random = new Seeded(7);
    let said = 0;
    let held = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const natural = kaplanMeier(Array.from({ length: untreated }, () => left(random)));
      const cases = Array.from({ length: count }, () => {
        const ageSeconds = random.next() * 300;
        return treated(random.next() < recovers ? 'verified' : 'no_effect', {
          ageSeconds,
          horizonSeconds: HORIZON_SECONDS,
          selfRecovery: selfRecoveryOf(natural, ageSeconds, HORIZON_SECONDS)?.probability ?? null,
        });
      });
      const { lift } = effectivenessOf(cases, natural);
      if (lift === null) continue;
      // Without a memory: how likely it goes within the horizon is the same at any age.
      const truth = recovers - (1 - Math.exp(-HORIZON_SECONDS / MEAN_SECONDS));
      said += 1;
      if (lift.lower <= truth && truth <= lift.upper) held += 1;
    }
    expect(said).toBeGreaterThan(RUNS * 0.9);
    expect(held / said).toBeGreaterThanOrEqual(0.9);
  });
});
