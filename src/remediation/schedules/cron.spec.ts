import fc from 'fast-check';

import { cronProblem, lastSlot, nextSlot } from './cron';
import { dueSlot } from './due-slot';

const berlin = (cron: string) => ({ cron, timeZone: 'Europe/Berlin' });

function slots(cron: string, after: string, before: string): string[] {
  const found: string[] = [];
  for (
    let slot = nextSlot(berlin(cron), new Date(after));
    slot < new Date(before);
    slot = nextSlot(berlin(cron), slot)
  )
    found.push(slot.toISOString().slice(5, 16));
  return found;
}

describe('slots by the clock of a time zone', () => {
  it.each([
    ['30 2 * * *', ['03-28T01:30', '03-29T01:30', '03-30T00:30']],
    ['0 2 * * *', ['03-28T01:00', '03-29T01:00', '03-30T00:00']],
    ['0 9 * * 1-5', ['03-30T07:00']],
  ])('are there once a day where the clock is put forward: %s', (cron, expected) => {
    expect(slots(cron, '2026-03-28T00:00:00Z', '2026-03-30T12:00:00Z')).toEqual(expected);
  });

  it.each([
    ['30 2 * * *', ['10-24T00:30', '10-25T00:30', '10-26T01:30']],
    [
      '0,30 2 * * *',
      ['10-24T00:00', '10-24T00:30', '10-25T00:00', '10-25T00:30', '10-26T01:00', '10-26T01:30'],
    ],
  ])('are there once a day where the clock is put back: %s', (cron, expected) => {
    expect(slots(cron, '2026-10-23T12:00:00Z', '2026-10-26T12:00:00Z')).toEqual(expected);
  });

  it.each(['2026-03-29', '2026-10-25'])(
    'come every hour of the day %s, on which the clock changes',
    (day) => {
      expect(slots('15 * * * *', `${day}T00:00:00Z`, `${day}T04:00:00Z`)).toEqual(
        [0, 1, 2, 3].map((hour) => `${day.slice(5)}T0${hour}:15`),
      );
    },
  );

  it('are the same whenever one looks: the last one is the one that was next', () => {
    const cron = fc.constantFrom(
      '30 2 * * *',
      '*/20 * * * *',
      '0 1-4 * * *',
      '15 3 * * 0',
      '45 2 25-29 3,10 *',
    );
    const start = fc.constantFrom(Date.parse('2026-03-28T20:00:00Z'), Date.parse('2026-10-24T20:00:00Z'));
    fc.assert(
      fc.property(cron, start, fc.integer({ min: 0, max: 12 * 60 }), (expression, from, minutes) => {
        const at = new Date(from + minutes * 60_000);
        const next = nextSlot(berlin(expression), at);
        expect(next.getTime()).toBeGreaterThan(at.getTime());
        expect(lastSlot(berlin(expression), next)).toEqual(next);
        expect(lastSlot(berlin(expression), new Date(next.getTime() - 1)).getTime()).toBeLessThanOrEqual(
          at.getTime(),
        );
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['* * * *', 'five fields'],
    ['* * * * * *', 'five fields'],
    ['@daily', 'five fields'],
    ['H 2 * * *', 'no list, range or step'],
    ['0 0 30 2 *', 'cannot be read'],
    ['60 0 * * *', 'cannot be read'],
    ['', 'five fields'],
  ])('are not made of %j', (cron, problem) => {
    expect(cronProblem(cron)).toContain(problem);
  });

  it.each(['0 0 29 2 *', '*/5 8-18 * * mon-fri', '0 0 1 jan *'])('are made of %s', (cron) => {
    expect(cronProblem(cron)).toBeNull();
  });
});

describe('the slot that is due', () => {
  const expected = new Date('2026-07-01T00:30:00Z');
  const schedule = { ...berlin('30 2 * * *'), missedSlots: 'skip' as const };
  const due = (now: string, missedSlots: 'skip' | 'run_once' = 'skip') =>
    dueSlot({ ...schedule, missedSlots }, expected, new Date(now));

  it('is none before its time', () => {
    expect(due('2026-07-01T00:29:59Z')).toBeNull();
  });

  it('is on time for a minute', () => {
    expect(due('2026-07-01T00:31:00Z')).toMatchObject({ slot: expected, isMissed: false });
    expect(due('2026-07-01T00:31:01Z')).toMatchObject({ slot: expected, isMissed: true });
  });

  it('is the latest of those that were missed, whether it is skipped or run once', () => {
    const latest = { slot: new Date('2026-07-04T00:30:00Z'), next: new Date('2026-07-05T00:30:00Z') };
    expect(due('2026-07-04T09:00:00Z')).toEqual({ ...latest, isMissed: true });
    expect(due('2026-07-04T09:00:00Z', 'run_once')).toEqual({ ...latest, isMissed: false });
  });
});
