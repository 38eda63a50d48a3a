import fc from 'fast-check';

import { nextOccurrence, occurrenceAt, type Recurrence, type Weekday, WEEKDAYS } from './recurrence';

const recurrence = (
  weekday: Weekday,
  startTime: string,
  durationMinutes: number,
  timeZone: string,
): Recurrence => ({ weekdays: [weekday], startTime, durationMinutes, timeZone });
const next = (rule: Recurrence, after: string): string => {
  const found = nextOccurrence(rule, new Date(after));
  return `${found?.startsAt.toISOString()} ${found?.endsAt.toISOString()}`;
};

describe('a recurring window', () => {
  it.each([
    // Berlin: 2026-03-29 02:00 -> 03:00, 2026-10-25 03:00 -> 02:00.
    [
      'an ordinary night',
      'saturday',
      '22:00',
      480,
      'Europe/Berlin',
      '2026-03-15',
      '2026-03-21T21:00:00.000Z 2026-03-22T05:00:00.000Z',
    ],
    [
      'the night that is an hour shorter',
      'saturday',
      '22:00',
      480,
      'Europe/Berlin',
      '2026-03-23',
      '2026-03-28T21:00:00.000Z 2026-03-29T04:00:00.000Z',
    ],
    [
      'the night that is an hour longer',
      'saturday',
      '22:00',
      480,
      'Europe/Berlin',
      '2026-10-19',
      '2026-10-24T20:00:00.000Z 2026-10-25T05:00:00.000Z',
    ],
    [
      'the first night of summer time',
      'sunday',
      '22:00',
      60,
      'Europe/Berlin',
      '2026-03-29',
      '2026-03-29T20:00:00.000Z 2026-03-29T21:00:00.000Z',
    ],
    [
      'a start that the clock skips',
      'sunday',
      '02:30',
      90,
      'Europe/Berlin',
      '2026-03-28',
      '2026-03-29T01:30:00.000Z 2026-03-29T02:00:00.000Z',
    ],
    [
      'a start behind its end by the skip',
      'sunday',
      '02:30',
      45,
      'Europe/Berlin',
      '2026-03-28',
      '2026-03-29T01:30:00.000Z 2026-03-29T02:15:00.000Z',
    ],
    [
      'a start that the clock shows twice',
      'sunday',
      '02:30',
      120,
      'Europe/Berlin',
      '2026-10-24',
      '2026-10-25T00:30:00.000Z 2026-10-25T03:30:00.000Z',
    ],
    // New York: 2026-03-08 02:00 -> 03:00, 2026-11-01 02:00 -> 01:00.
    [
      'the shorter night elsewhere',
      'saturday',
      '23:30',
      300,
      'America/New_York',
      '2026-03-05',
      '2026-03-08T04:30:00.000Z 2026-03-08T08:30:00.000Z',
    ],
    [
      'the longer night elsewhere',
      'saturday',
      '23:30',
      300,
      'America/New_York',
      '2026-10-29',
      '2026-11-01T03:30:00.000Z 2026-11-01T09:30:00.000Z',
    ],
    [
      'a zone without summer time',
      'monday',
      '09:15',
      30,
      'Asia/Kolkata',
      '2026-03-28',
      '2026-03-30T03:45:00.000Z 2026-03-30T04:15:00.000Z',
    ],
  ] as const)('keeps local time: %s', (_what, weekday, time, minutes, zone, after, expected) => {
    expect(next(recurrence(weekday, time, minutes, zone), `${after}T12:00:00Z`)).toBe(expected);
  });

  it('goes on from its first instant to the last before its end, past midnight too', () => {
    const rule = recurrence('saturday', '22:00', 480, 'Europe/Berlin');
    const isOn = (at: string): boolean => occurrenceAt(rule, new Date(at)) !== null;
    expect(isOn('2026-03-28T20:59:59.999Z')).toBe(false);
    expect(isOn('2026-03-28T21:00:00.000Z')).toBe(true);
    expect(isOn('2026-03-29T03:59:59.999Z')).toBe(true);
    expect(isOn('2026-03-29T04:00:00.000Z')).toBe(false);
  });

  it('of several days is on all along', () => {
    const rule = recurrence('friday', '18:00', 3_600, 'America/New_York');
    expect(occurrenceAt(rule, new Date('2026-03-09T04:00:00Z'))?.startsAt.toISOString()).toBe(
      '2026-03-06T23:00:00.000Z',
    );
  });

  it('is on right after the next one has begun, and never before, whenever one asks', () => {
    const rule = fc.record({
      weekdays: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
      startTime: fc
        .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
        .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`),
      durationMinutes: fc.integer({ min: 1, max: 1_440 }),
      timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'),
    });
    const instant = fc.date({
      min: new Date('2026-01-01T00:00:00Z'),
      max: new Date('2027-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(rule, instant, (recurring, at) => {
        const following = nextOccurrence(recurring, at);
        if (following === null) throw new Error('There is one every week');
        expect(following.startsAt.getTime()).toBeGreaterThan(at.getTime());
        expect(following.startsAt.getTime() - at.getTime()).toBeLessThanOrEqual(8 * 86_400_000);
        expect(following.endsAt.getTime()).toBeGreaterThan(following.startsAt.getTime());
        expect(occurrenceAt(recurring, following.startsAt)).not.toBeNull();
        const current = occurrenceAt(recurring, at);
        if (current !== null) expect(current.startsAt <= at && at < current.endsAt).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
