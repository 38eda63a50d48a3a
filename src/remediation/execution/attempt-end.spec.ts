import fc from 'fast-check';

import { endOfAttempt, retryDelay } from './attempt-end';
import type { StepOutcome } from './executor.port';

const facts = { attempt: 1, maxAttempts: 3, isIdempotent: false, isCancelRequested: false };
const lost: StepOutcome = { kind: 'unknown', error: 'reset' };
const failed = (mayRetry: boolean): StepOutcome => ({ kind: 'failed', error: 'no', mayRetry });
const unsent = (mayRetry: boolean): StepOutcome => ({ kind: 'unsent', error: 'refused', mayRetry });

describe('what follows an attempt', () => {
  it.each([
    ['done', { kind: 'succeeded', detail: {} } as const, facts, 'succeed'],
    ['refused, for good', failed(false), facts, 'fail'],
    ['refused, for now', failed(true), facts, 'retry'],
    ['refused, for now, at the last attempt', failed(true), { ...facts, attempt: 3 }, 'fail'],
    ['not sent', unsent(true), facts, 'retry'],
    ['not sent, for good', unsent(false), facts, 'fail'],
    ['lost, and not idempotent', lost, facts, 'lose'],
    ['lost, and idempotent', lost, { ...facts, isIdempotent: true }, 'retry'],
    ['lost, idempotent, at the last attempt', lost, { ...facts, isIdempotent: true, attempt: 3 }, 'lose'],
    ['not sent, while somebody stops it', unsent(true), { ...facts, isCancelRequested: true }, 'fail'],
    [
      'lost, idempotent, while somebody stops it',
      lost,
      { ...facts, isIdempotent: true, isCancelRequested: true },
      'lose',
    ],
  ])('%s', (_, outcome, given, verb) => {
    expect(endOfAttempt(outcome, given).verb).toBe(verb);
  });

  it('never sends again what may have happened and is not idempotent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 10 }),
        fc.boolean(),
        (attempt, maxAttempts, isCancelRequested) => {
          expect(
            endOfAttempt(lost, { attempt, maxAttempts, isIdempotent: false, isCancelRequested }).verb,
          ).toBe('lose');
        },
      ),
    );
  });

  it('is over after so many attempts, whatever comes', () => {
    const outcomes = fc.oneof(fc.boolean().map(failed), fc.boolean().map(unsent), fc.constant(lost));
    fc.assert(
      fc.property(
        outcomes,
        fc.integer({ min: 1, max: 10 }),
        fc.boolean(),
        (outcome, maxAttempts, isIdempotent) => {
          const { verb } = endOfAttempt(outcome, {
            attempt: maxAttempts,
            maxAttempts,
            isIdempotent,
            isCancelRequested: false,
          });
          expect(verb).not.toBe('retry');
        },
      ),
    );
  });

  it('waits twice as long each time, up to five minutes', () => {
    expect([1, 2, 3, 4, 7, 10].map(retryDelay)).toEqual([5, 10, 20, 40, 300, 300]);
  });
});
