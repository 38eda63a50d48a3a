import fc from 'fast-check';

import { decideRetry } from './retry-decision';

const NOW = new Date('2026-03-01T12:00:00Z');
const after = (status: number, retryAfter: string | null = null, attempt = 1) =>
  decideRetry({ kind: 'answered', status, retryAfter }, attempt, 0.5, NOW);

describe('what becomes of a delivery after an attempt', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [301, 'give_up'],
    [307, 'give_up'],
    [400, 'give_up'],
    [401, 'give_up'],
    [404, 'give_up'],
    [408, 'retry'],
    [410, 'disable'],
    [422, 'give_up'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [502, 'retry'],
    [503, 'retry'],
    [504, 'retry'],
  ])('an answer %i: %s', (status, kind) => {
    expect(after(status).kind).toBe(kind);
  });

  it.each([
    [1, 5_000],
    [2, 30_000],
    [3, 120_000],
    [4, 300_000],
    [5, 900_000],
    [6, 1_800_000],
    [7, 3_600_000],
    [8, 7_200_000],
    [40, 7_200_000],
  ])('after attempt %i a lost connection is tried again in %i ms', (attempt, afterMs) => {
    expect(decideRetry({ kind: 'lost', error: 'reset' }, attempt, 0.5, NOW)).toEqual({
      kind: 'retry',
      afterMs,
      reason: 'reset',
    });
  });

  it.each([
    ['120', 120_000],
    ['0', 5_000],
    ['Sun, 01 Mar 2026 12:10:00 GMT', 600_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 5_000],
    ['999999999', 3_600_000],
    ['soon', 5_000],
    ['-5', 5_000],
  ])('Retry-After %s of a 429 makes it wait %i ms', (text, afterMs) => {
    expect(after(429, text)).toMatchObject({ kind: 'retry', afterMs });
    expect(after(503, text)).toMatchObject({ kind: 'retry', afterMs });
  });

  it('waits for a fifth less or more at most', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 30 }),
        (random, attempt) => {
          const middle = decideRetry({ kind: 'lost', error: '' }, attempt, 0.5, NOW) as { afterMs: number };
          const { afterMs } = decideRetry({ kind: 'lost', error: '' }, attempt, random, NOW) as typeof middle;
          expect(Math.abs(afterMs - middle.afterMs)).toBeLessThanOrEqual(middle.afterMs * 0.2 + 1);
        },
      ),
    );
  });
});
