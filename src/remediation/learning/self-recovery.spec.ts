import type { AnomalyCourse } from '../../anomaly/anomaly.types';
import { leftAlone, selfRecoveryOf } from './self-recovery';
import { kaplanMeier } from './survival';

const T0 = Date.parse('2026-01-31T10:00:00Z');
const at = (seconds: number): Date => new Date(T0 + seconds * 1_000);
const course = (how: AnomalyCourse['how'], seconds = 300): AnomalyCourse => ({
  id: 1,
  openedAt: at(0),
  until: at(seconds),
  how,
});

describe('for how long an anomaly was seen to go on with nobody doing anything', () => {
  it.each<[string, AnomalyCourse, Date | null, ReturnType<typeof leftAlone>]>([
    ['to its own recovery', course('recovered'), null, { seconds: 300, hasEnded: true }],
    ['until somebody closed it', course('closed'), null, { seconds: 300, hasEnded: false }],
    ['until it was no longer seen', course('not_seen'), null, { seconds: 300, hasEnded: false }],
    ['until now, where it goes on', course('goes_on'), null, { seconds: 300, hasEnded: false }],
    [
      'until something was done, whatever came of it',
      course('recovered'),
      at(60),
      { seconds: 60, hasEnded: false },
    ],
    [
      'to its recovery, where something was done only after it',
      course('recovered'),
      at(301),
      { seconds: 300, hasEnded: true },
    ],
    ['not at all, where something was done before it opened again', course('recovered'), at(-1), null],
  ])('%s', (_, of, claimedAt, lasted) => {
    expect(leftAlone(of, claimedAt)).toEqual(lasted);
  });
});

describe('how likely trouble goes by itself', () => {
  const lasting = (...seconds: number[]) =>
    kaplanMeier(seconds.map((each) => ({ seconds: each, hasEnded: true })));

  it('is not said where fewer than five were seen at that age', () => {
    expect(selfRecoveryOf(lasting(10, 20, 30, 40), 0, 25)).toBeNull();
    expect(selfRecoveryOf(lasting(10, 20, 30, 40, 50), 0, 25)).toMatchObject({ atRisk: 5 });
    expect(selfRecoveryOf(lasting(10, 20, 30, 40, 50), 10, 25)).toBeNull();
  });
});
