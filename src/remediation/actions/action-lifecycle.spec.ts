import {
  ACTION_STATUSES,
  ACTION_VERBS,
  type ActionStatus,
  actionStatusAfter,
  type ActionVerb,
} from './action-lifecycle';

const from = (verb: ActionVerb): ActionStatus[] =>
  ACTION_STATUSES.filter((status) => actionStatusAfter(status, verb) !== null);

describe('the lifecycle of an action', () => {
  it.each([
    ['approve', ['pending', 'scheduled']],
    ['reject', ['pending', 'scheduled']],
    ['schedule', ['pending', 'approved']],
    ['execute', ['pending', 'approved', 'scheduled']],
    ['cancel', ['pending', 'approved', 'scheduled', 'in_progress']],
    ['update', ['pending', 'approved', 'scheduled']],
    ['delete', ['pending', 'approved', 'scheduled', 'completed', 'failed', 'cancelled', 'rejected']],
    ['reconcile', ['failed']],
  ] as const)('allows %s from %j only', (verb, statuses) => {
    expect(from(verb)).toEqual(statuses);
  });

  it('takes approvals away by an edit', () => {
    expect(from('update').map((status) => actionStatusAfter(status, 'update'))).toEqual([
      'pending',
      'pending',
      'pending',
    ]);
  });

  it('leads to work by executing only', () => {
    const ways = ACTION_STATUSES.flatMap((status) =>
      ACTION_VERBS.filter(
        (verb) => status !== 'in_progress' && actionStatusAfter(status, verb) === 'in_progress',
      ),
    );
    expect(new Set(ways)).toEqual(new Set(['execute']));
  });
});
