import {
  stateOf,
  statesBefore,
  STEP_LIFECYCLE,
  STEP_STATES,
  STEP_VERBS,
  stepStateAfter,
} from './step-lifecycle';

describe('the step ledger', () => {
  it('is entered by a claim only, from what is queued', () => {
    const ways = STEP_STATES.flatMap((state) =>
      STEP_VERBS.filter((verb) => stepStateAfter(state, verb) === 'dispatching').map((verb) => [state, verb]),
    );
    expect(ways).toEqual([['queued', 'claim']]);
  });

  it('queues only what was approved, or what is tried again', () => {
    const ways = STEP_STATES.flatMap((state) =>
      STEP_VERBS.filter((verb) => stepStateAfter(state, verb) === 'queued').map((verb) => `${state} ${verb}`),
    );
    expect(ways).toEqual(['approved queue', 'dispatching retry']);
  });

  it('lets nobody cancel what has been sent', () => {
    expect(statesBefore('cancel')).toEqual(['proposed', 'pending_approval', 'approved', 'queued']);
  });

  it('never leaves an end, but for what people find out of the unknown', () => {
    const ends = STEP_STATES.filter((state) => Object.keys(STEP_LIFECYCLE[state]).length === 0);
    expect(ends).toEqual([
      'succeeded',
      'failed',
      'rejected',
      'expired',
      'cancelled',
      'reconciled_succeeded',
      'reconciled_failed',
    ]);
    expect(Object.keys(STEP_LIFECYCLE.unknown)).toEqual(['reconcile_succeeded', 'reconcile_failed']);
  });

  it.each(STEP_VERBS)('has one end for the verb %s', (verb) => {
    expect(STEP_STATES).toContain(stateOf(verb));
  });
});
