import type { ActionStatus } from './action-lifecycle';
import { type EndedAction, predictSuccess } from './success-prediction';

const ended = (
  outcome: string | null,
  status: ActionStatus = 'completed',
  isRollback = false,
): EndedAction => ({
  status,
  outcome,
  isRollback,
});

describe('how likely it is that an action helps', () => {
  it('is not known where nothing like it has ended', () => {
    expect(predictSuccess([])).toEqual({
      basis: 'completed',
      past: 0,
      succeeded: 0,
      rate: null,
      lower: 0,
      upper: 1,
    });
  });

  it('is the share of those that have helped among those of which that is known, and what failed has not', () => {
    const past = [
      ended('verified'),
      ended('verified'),
      ended('no_effect'),
      ended('made_worse'),
      ended(null, 'failed'),
      ended('unverified'),
      ended(null),
    ];
    expect(predictSuccess(past)).toMatchObject({ basis: 'verified', past: 5, succeeded: 2, rate: 0.4 });
  });

  it('is how many were done where it was never seen whether one helped', () => {
    const past = [ended('unverified'), ended(null), ended(null, 'failed'), ended('unknown', 'failed')];
    expect(predictSuccess(past)).toMatchObject({ basis: 'completed', past: 4, succeeded: 2, rate: 0.5 });
  });

  it('does not count what takes another back, once it is seen which have helped', () => {
    const past = [ended('verified'), ended('unverified', 'completed', true), ended(null, 'failed', true)];
    expect(predictSuccess(past)).toMatchObject({ basis: 'verified', past: 1, succeeded: 1 });
  });
});
