import { autonomyStatistics } from './autonomy-statistics';

describe('the statistics of autonomy', () => {
  it('count what began by mode and by whose yes, and the share of what helped among what was judged', () => {
    const statistics = autonomyStatistics(
      [
        { mode: 'full_auto', outcome: 'begun', grantedBy: 'autonomy', count: 4 },
        { mode: 'adaptive', outcome: 'begun', grantedBy: 'people', count: 1 },
        { mode: 'adaptive', outcome: 'left', grantedBy: null, count: 7 },
      ],
      [
        { outcome: 'verified', count: 3 },
        { outcome: 'no_effect', count: 1 },
        { outcome: null, count: 1 },
      ],
      { promotions: 2, losses: 1 },
    );
    expect(statistics).toEqual({
      decisions: 12,
      begun: 5,
      left: 7,
      byMode: { manual: 0, semi_auto: 0, full_auto: 4, adaptive: 8 },
      byGranter: { people: 1, policy: 0, autonomy: 4 },
      byOutcome: { verified: 3, no_effect: 1, unknown: 1 },
      verifiedShare: 0.75,
      promotions: 2,
      losses: 1,
    });
  });

  it('know no share where nothing was judged', () => {
    const statistics = autonomyStatistics([], [{ outcome: null, count: 2 }], { promotions: 0, losses: 0 });
    expect(statistics.verifiedShare).toBeNull();
  });
});
