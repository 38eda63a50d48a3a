import fc from 'fast-check';

import { lastSlot, nextSlot, type SlotTerms } from './slots';

const START = '2020-01-01T00:00';

const cron = (expression: string, timeZone: string): SlotTerms => ({
  cron: expression,
  rrule: null,
  startsAt: null,
  except: [],
  timeZone,
});
const rule = (rrule: string, timeZone: string, startsAt = START): SlotTerms => ({
  cron: null,
  rrule,
  startsAt,
  except: [],
  timeZone,
});

function slots(terms: SlotTerms, after: string, before: string): string[] {
  const found: string[] = [];
  for (
    let slot = nextSlot(terms, new Date(after));
    slot !== null && slot < new Date(before);
    slot = nextSlot(terms, slot)
  )
    found.push(slot.toISOString().slice(5, 16));
  return found;
}

/** The same, stated in both ways. */
const BOTH = [
  ['cron', (minutes: string, hours: string, zone: string) => cron(`${minutes} ${hours} * * *`, zone)],
  [
    'rrule',
    (minutes: string, hours: string, zone: string) =>
      rule(
        hours === '*' ? `FREQ=HOURLY;BYMINUTE=${minutes}` : `FREQ=DAILY;BYHOUR=${hours};BYMINUTE=${minutes}`,
        zone,
      ),
  ],
] as const;

describe.each(BOTH)('slots by the clock of a time zone, stated as %s', (_kind, terms) => {
  it.each([
    ['Europe/Berlin', '30', '2', '2026-03-28', ['03-28T01:30', '03-29T01:30', '03-30T00:30']],
    ['Europe/Berlin', '0', '2', '2026-03-28', ['03-28T01:00', '03-29T01:00', '03-30T00:00']],
    ['America/New_York', '30', '2', '2026-03-07', ['03-07T07:30', '03-08T07:30', '03-09T06:30']],
    // Half an hour is skipped, from two o'clock on.
    ['Australia/Lord_Howe', '15', '2', '2026-10-02', ['10-02T15:45', '10-03T15:45', '10-04T15:15']],
    ['Asia/Kolkata', '30', '2', '2026-03-28', ['03-28T21:00', '03-29T21:00', '03-30T21:00']],
  ])(
    'are there once a day where the clock is put forward: %s %s %s',
    (zone, minutes, hours, day, expected) => {
      const from = Date.parse(`${day}T00:00:00Z`);
      expect(
        slots(
          terms(minutes, hours, zone),
          new Date(from - 1).toISOString(),
          new Date(from + 3 * 86_400_000).toISOString(),
        ),
      ).toEqual(expected);
    },
  );

  it.each([
    ['Europe/Berlin', '30', '2', '2026-10-24', ['10-24T00:30', '10-25T00:30', '10-26T01:30']],
    [
      'Europe/Berlin',
      '0,30',
      '2',
      '2026-10-24',
      ['10-24T00:00', '10-24T00:30', '10-25T00:00', '10-25T00:30', '10-26T01:00', '10-26T01:30'],
    ],
    ['America/New_York', '30', '1', '2026-10-31', ['10-31T05:30', '11-01T05:30', '11-02T06:30']],
    // Half an hour comes twice, from half past one on.
    ['Australia/Lord_Howe', '45', '1', '2026-04-03', ['04-03T14:45', '04-04T14:45', '04-05T15:15']],
    ['Asia/Kolkata', '30', '1', '2026-10-24', ['10-24T20:00', '10-25T20:00', '10-26T20:00']],
  ])('are there once a day where the clock is put back: %s %s %s', (zone, minutes, hours, day, expected) => {
    const from = Date.parse(`${day}T00:00:00Z`);
    expect(
      slots(
        terms(minutes, hours, zone),
        new Date(from - 1).toISOString(),
        new Date(from + 3 * 86_400_000).toISOString(),
      ),
    ).toEqual(expected);
  });

  it.each(['2026-03-29', '2026-10-25'])(
    'come every hour of the day %s, on which the clock changes',
    (day) => {
      expect(slots(terms('15', '*', 'Europe/Berlin'), `${day}T00:00:00Z`, `${day}T04:00:00Z`)).toEqual(
        [0, 1, 2, 3].map((hour) => `${day.slice(5)}T0${hour}:15`),
      );
    },
  );

  it.each([
    ['forward', '2026-10-03T13:00:00Z', ['10-03T13:45', '10-03T14:45', '10-03T16:15', '10-03T17:15']],
    ['back', '2026-04-04T12:30:00Z', ['04-04T13:15', '04-04T14:15', '04-04T15:45', '04-04T16:45']],
  ])('come at every hour of a clock that is put %s by half an hour', (_way, after, expected) => {
    const end = new Date(Date.parse(after) + 5 * 3_600_000).toISOString();
    expect(slots(terms('15', '*', 'Australia/Lord_Howe'), after, end).slice(0, 4)).toEqual(expected);
  });
});

describe('slots of both kinds', () => {
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'UTC',
  );
  const numbers = (min: number, max: number, most: number) =>
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: most }).map((list) => list.join(','));
  const instant = fc.date({
    min: new Date('2026-01-01T00:00:00Z'),
    max: new Date('2027-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
  const days = fc.oneof(
    fc.constant({ dayOfMonth: '*', weekday: '*', part: '' }),
    numbers(1, 28, 3).map((list) => ({ dayOfMonth: list, weekday: '*', part: `;BYMONTHDAY=${list}` })),
    numbers(0, 6, 3).map((list) => ({
      dayOfMonth: '*',
      weekday: list,
      part: `;BYDAY=${list
        .split(',')
        .map((day) => WEEKDAYS[Number(day)])
        .join(',')}`,
    })),
  );
  const months = fc.oneof(fc.constant('*'), numbers(1, 12, 4));
  const times = fc.oneof(
    fc.record({ minutes: numbers(0, 59, 3), hours: numbers(0, 23, 4) }),
    fc.record({ minutes: numbers(0, 59, 2), hours: fc.constant('*') }),
  );

  it('are the same where a rule says what an expression says', () => {
    fc.assert(
      fc.property(zone, times, days, months, instant, (timeZone, { minutes, hours }, day, month, from) => {
        const freq = hours === '*' ? 'FREQ=HOURLY' : `FREQ=DAILY;BYHOUR=${hours}`;
        const stated = rule(
          `${freq};BYMINUTE=${minutes}${day.part}${month === '*' ? '' : `;BYMONTH=${month}`}`,
          timeZone,
        );
        const written = cron(`${minutes} ${hours} ${day.dayOfMonth} ${month} ${day.weekday}`, timeZone);
        let [a, b]: (Date | null)[] = [from, from];
        for (let turn = 0; turn < 4 && a !== null && b !== null; turn += 1) {
          a = nextSlot(stated, a);
          b = nextSlot(written, b);
          expect(a).toEqual(b);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are the same whenever one looks: the last one is the one that was next', () => {
    const terms = fc.constantFrom(
      ...['30 2 * * *', '*/20 * * * *', '0 1-4 * * *', '15 3 * * 0', '45 2 25-29 3,10 *'].map((text) =>
        cron(text, 'Europe/Berlin'),
      ),
      rule('FREQ=MINUTELY;INTERVAL=20', 'Australia/Lord_Howe'),
      rule('FREQ=MONTHLY;BYDAY=-1SU;BYHOUR=2;BYMINUTE=15,30', 'Europe/Berlin'),
    );
    const start = fc.constantFrom(Date.parse('2026-03-28T20:00:00Z'), Date.parse('2026-10-24T20:00:00Z'));
    fc.assert(
      fc.property(terms, start, fc.integer({ min: 0, max: 12 * 60 }), (stated, from, minutes) => {
        const at = new Date(from + minutes * 60_000);
        const first = nextSlot(stated, at) as Date;
        const second = nextSlot(stated, first) as Date;
        const third = nextSlot(stated, second) as Date;
        expect([first, second, third].every((slot, index, all) => index === 0 || slot > all[index - 1])).toBe(
          true,
        );
        expect(first.getTime()).toBeGreaterThan(at.getTime());
        expect(lastSlot(stated, first, third)).toEqual(third);
        expect(lastSlot(stated, first, new Date(third.getTime() - 1))).toEqual(second);
        expect(lastSlot(stated, first, first)).toEqual(first);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['the second Tuesday', 'FREQ=MONTHLY;BYDAY=2TU;BYHOUR=2;BYMINUTE=30', ['07-14', '08-11', '09-08']],
    ['the last day of a month', 'FREQ=MONTHLY;BYMONTHDAY=-1', ['07-31', '08-31', '09-30']],
    ['every other week', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=WE', ['07-01', '07-15', '07-29']],
    [
      'the last working day of a month',
      'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
      ['07-31', '08-31', '09-30'],
    ],
  ])('come as a rule says: %s', (_what, text, expected) => {
    const found = slots(
      rule(text, 'UTC', '2026-01-14T04:00'),
      '2026-07-01T00:00:00Z',
      '2026-10-01T00:00:00Z',
    );
    expect(found.slice(0, 3).map((slot) => slot.slice(0, 5))).toEqual(expected);
  });

  it('are as many as a rule counts, from its start on', () => {
    const thrice = rule('FREQ=DAILY;COUNT=3', 'Europe/Berlin', '2026-03-28T02:30');
    expect(slots(thrice, '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')).toEqual([
      '03-28T01:30',
      '03-29T01:30',
      '03-30T00:30',
    ]);
    expect(nextSlot(thrice, new Date('2026-03-30T00:30:00Z'))).toBeNull();
  });

  it.each([
    // Half past two comes at 00:30Z first, and its second time is none.
    ['UNTIL=20261025T003000Z', ['10-23T00:30', '10-24T00:30', '10-25T00:30']],
    ['UNTIL=20261025T002959Z', ['10-23T00:30', '10-24T00:30']],
    ['UNTIL=20261025T023000', ['10-23T00:30', '10-24T00:30', '10-25T00:30']],
    ['UNTIL=20261025T022959', ['10-23T00:30', '10-24T00:30']],
  ])('end where a rule does, with the last one: %s', (until, expected) => {
    const terms = rule(`FREQ=DAILY;${until}`, 'Europe/Berlin', '2026-10-23T02:30');
    expect(slots(terms, '2026-10-01T00:00:00Z', '2027-10-01T00:00:00Z')).toEqual(expected);
  });

  it('leave out the days that are excepted, by the local clock', () => {
    const except = ['2026-07-02'];
    for (const terms of [
      cron('30 0 * * *', 'Europe/Berlin'),
      rule('FREQ=DAILY;BYHOUR=0;BYMINUTE=30', 'Europe/Berlin'),
    ])
      expect(slots({ ...terms, except }, '2026-06-30T12:00:00Z', '2026-07-03T12:00:00Z')).toEqual([
        '06-30T22:30',
        '07-02T22:30',
      ]);
  });
});
