import fc from 'fast-check';

import { WEEKDAYS } from '../../common/time/recurrence';
import type { FreezeEntry } from './freeze-entry';
import { periodAt, periodsOf } from './freeze-periods';

const BERLIN = 'Europe/Berlin';

function periods(entries: FreezeEntry[], from: string, to: string, timeZone = BERLIN): string[] {
  return periodsOf({ entries, timeZone }, new Date(from), new Date(to)).map(
    ({ startsAt, endsAt }) => `${startsAt.toISOString().slice(5, 16)} ${endsAt.toISOString().slice(5, 16)}`,
  );
}

describe('the periods of a freeze calendar', () => {
  it.each<[string, FreezeEntry, string, string[]]>([
    [
      'once between two instants',
      { kind: 'once', starts_at: '2026-03-20T10:00:00Z', ends_at: '2026-03-20T12:00:00+01:00' },
      '2026-03-01',
      ['03-20T10:00 03-20T11:00'],
    ],
    [
      'on local days, the last one included, one of which is an hour shorter',
      { kind: 'days', first_day: '2026-03-28', last_day: '2026-03-29' },
      '2026-03-01',
      ['03-27T23:00 03-29T22:00'],
    ],
    [
      'every week, also where the clock is put forward meanwhile',
      { kind: 'weekly', weekdays: ['saturday'], start_time: '22:00', duration_minutes: 480 },
      '2026-03-20',
      [
        '03-21T21:00 03-22T05:00',
        '03-28T21:00 03-29T04:00',
        '04-04T20:00 04-05T04:00',
        '04-11T20:00 04-12T04:00',
      ],
    ],
    [
      'by a rule, for a weekend at the end of a month',
      {
        kind: 'rrule',
        rrule: 'FREQ=MONTHLY;BYDAY=-1FR',
        starts_at: '2026-01-30T18:00',
        duration_minutes: 3_600,
      },
      '2026-03-25',
      ['03-27T17:00 03-30T04:00'],
    ],
    [
      'by a rule, but not on some days',
      {
        kind: 'rrule',
        rrule: 'FREQ=DAILY',
        starts_at: '2026-03-28T02:30',
        duration_minutes: 30,
        except: ['2026-03-31', '2026-04-01'],
      },
      '2026-03-28',
      // What is skipped begins as much later as was skipped.
      [
        '03-28T01:30 03-28T02:00',
        '03-29T01:30 03-29T02:00',
        '03-30T00:30 03-30T01:00',
        '04-02T00:30 04-02T01:00',
      ],
    ],
  ])('are known: %s', (_what, entry, from, expected) => {
    const to = new Date(Date.parse(from) + 28 * 86_400_000).toISOString();
    expect(periods([entry], from, to).slice(0, 4)).toEqual(expected);
  });

  it('are those that are on at any time of what is asked about, whole', () => {
    const entry: FreezeEntry = { kind: 'days', first_day: '2026-06-10', last_day: '2026-06-12' };
    const whole = ['06-09T22:00 06-12T22:00'];
    expect(periods([entry], '2026-06-12T21:59:59Z', '2026-07-01T00:00:00Z')).toEqual(whole);
    expect(periods([entry], '2026-06-01T00:00:00Z', '2026-06-09T22:00:00.001Z')).toEqual(whole);
    expect(periods([entry], '2026-06-12T22:00:00Z', '2026-07-01T00:00:00Z')).toEqual([]);
    expect(periods([entry], '2026-06-01T00:00:00Z', '2026-06-09T22:00:00Z')).toEqual([]);
  });

  it('are one where they meet or overlap', () => {
    const once = (starts_at: string, ends_at: string): FreezeEntry => ({
      kind: 'once',
      starts_at: `2026-06-${starts_at}:00Z`,
      ends_at: `2026-06-${ends_at}:00Z`,
    });
    expect(
      periods(
        [
          once('03T00:00', '04T00:00'),
          once('01T00:00', '02T00:00'),
          once('02T00:00', '02T12:00'),
          once('02T06:00', '02T08:00'),
          once('02T11:00', '02T13:00'),
        ],
        '2026-06-01T00:00:00Z',
        '2026-07-01T00:00:00Z',
      ),
    ).toEqual(['06-01T00:00 06-02T13:00', '06-03T00:00 06-04T00:00']);
  });

  it('end with their rule', () => {
    const entry: FreezeEntry = {
      kind: 'rrule',
      rrule: 'FREQ=WEEKLY;COUNT=2',
      starts_at: '2026-06-05T18:00',
      duration_minutes: 60,
    };
    expect(periods([entry], '2026-06-01T00:00:00Z', '2026-09-01T00:00:00Z')).toEqual([
      '06-05T16:00 06-05T17:00',
      '06-12T16:00 06-12T17:00',
    ]);
  });

  const entry = fc.oneof(
    fc.record({
      kind: fc.constant('weekly' as const),
      weekdays: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
      start_time: fc.constantFrom('00:00', '02:15', '02:30', '22:45'),
      duration_minutes: fc.integer({ min: 1, max: 4_000 }),
    }),
    fc.record({
      kind: fc.constant('rrule' as const),
      rrule: fc.constantFrom(
        'FREQ=DAILY;INTERVAL=3',
        'FREQ=MONTHLY;BYDAY=-1SU,1SA',
        'FREQ=WEEKLY;BYDAY=SA,SU',
      ),
      starts_at: fc.constantFrom('2025-01-01T01:45', '2026-02-14T02:30'),
      duration_minutes: fc.integer({ min: 1, max: 4_000 }),
    }),
    fc.constant({ kind: 'days' as const, first_day: '2026-03-27', last_day: '2026-03-29' }),
  );
  const calendar = fc.record({
    entries: fc.array(entry, { minLength: 1, maxLength: 3 }),
    timeZone: fc.constantFrom(BERLIN, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'),
  });
  const instant = fc.date({
    min: new Date('2026-03-01T00:00:00Z'),
    max: new Date('2026-11-15T00:00:00Z'),
    noInvalidDate: true,
  });

  it('lie apart and in order, and say of every instant what a look at it alone says', () => {
    fc.assert(
      fc.property(calendar, instant, fc.integer({ min: 0, max: 20 * 86_400_000 }), (times, from, ahead) => {
        const found = periodsOf(times, from, new Date(from.getTime() + 21 * 86_400_000));
        found.forEach(({ startsAt, endsAt }, index) => {
          expect(startsAt < endsAt).toBe(true);
          if (index > 0) expect(found[index - 1].endsAt < startsAt).toBe(true);
        });
        const at = new Date(from.getTime() + ahead);
        const isOn = found.some(({ startsAt, endsAt }) => startsAt <= at && at < endsAt);
        expect(periodAt(times, at) !== null).toBe(isOn);
      }),
      { numRuns: 80 },
    );
  });

  it('are the same whether a week is stated as such or as a rule', () => {
    const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
        fc.constantFrom('01:45', '02:15', '02:30', '23:59'),
        fc.integer({ min: 1, max: 10_080 }),
        fc.constantFrom(BERLIN, 'America/New_York', 'Australia/Lord_Howe'),
        instant,
        (days, time, minutes, timeZone, from) => {
          const to = new Date(from.getTime() + 30 * 86_400_000);
          const weekly: FreezeEntry = {
            kind: 'weekly',
            weekdays: days.map((day) => WEEKDAYS[day]),
            start_time: time,
            duration_minutes: minutes,
          };
          const byRule: FreezeEntry = {
            kind: 'rrule',
            rrule: `FREQ=WEEKLY;BYDAY=${days.map((day) => DAYS[day]).join(',')}`,
            starts_at: `2025-01-01T${time}`,
            duration_minutes: minutes,
          };
          expect(periodsOf({ entries: [byRule], timeZone }, from, to)).toEqual(
            periodsOf({ entries: [weekly], timeZone }, from, to),
          );
        },
      ),
      { numRuns: 80 },
    );
  });
});
