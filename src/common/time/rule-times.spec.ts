import fc from 'fast-check';

import { readRule } from './recurrence-rule';
import { ruleTimes } from './rule-times';

const local = (text: string): number => Date.parse(`${text}Z`);

function walk(text: string, start: string, from: string, most: number): string[] {
  const found: string[] = [];
  ruleTimes(readRule(text), local(start), 'UTC').walk(local(from), (time) => {
    found.push(new Date(time).toISOString().slice(0, 16));
    return found.length < most;
  });
  return found;
}

describe('the times of a recurrence rule', () => {
  it.each([
    ['FREQ=YEARLY', '2024-02-29T02:30', ['2028-02-29T02:30', '2032-02-29T02:30']],
    ['FREQ=YEARLY;INTERVAL=2;BYMONTH=7', '2021-03-31T02:30', ['2027-07-31T02:30', '2029-07-31T02:30']],
    ['FREQ=MONTHLY', '2021-01-31T02:30', ['2026-07-31T02:30', '2026-08-31T02:30']],
    ['FREQ=MONTHLY;INTERVAL=5', '2021-01-31T02:30', ['2028-07-31T02:30', '2028-12-31T02:30']],
    ['FREQ=WEEKLY;INTERVAL=3', '2021-01-06T02:30', ['2026-07-15T02:30', '2026-08-05T02:30']],
    ['FREQ=DAILY;INTERVAL=100', '2021-01-06T02:30', ['2026-10-07T02:30', '2027-01-15T02:30']],
    ['FREQ=HOURLY;INTERVAL=7', '2026-06-30T23:10', ['2026-07-01T06:10', '2026-07-01T13:10']],
    ['FREQ=MINUTELY;INTERVAL=45', '2026-06-30T23:50', ['2026-07-01T00:35', '2026-07-01T01:20']],
  ])('go on as they began, however long ago: %s', (text, start, expected) => {
    expect(walk(text, start, '2026-07-01T00:00', 2)).toEqual(expected);
  });

  it('never lie before its start', () => {
    expect(walk('FREQ=DAILY;BYHOUR=1', '2026-07-01T01:30', '2026-06-01T00:00', 1)).toEqual([
      '2026-07-01T01:30',
    ]);
    expect(walk('FREQ=DAILY;BYHOUR=1;BYMINUTE=0', '2026-07-01T01:30', '2026-06-01T00:00', 1)).toEqual([
      '2026-07-02T01:00',
    ]);
  });

  it('are the same wherever the walk begins', () => {
    const rule = fc.constantFrom(
      'FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO,SU',
      'FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,-1,100',
      'FREQ=YEARLY;BYDAY=1MO,-1FR',
      'FREQ=MONTHLY;INTERVAL=7;BYMONTHDAY=-1,30,31',
      'FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=2,-1;BYHOUR=3,15',
      'FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SA,SU,MO',
      'FREQ=WEEKLY;INTERVAL=2;WKST=TH;BYDAY=WE,FR;BYMONTH=1,12',
      'FREQ=DAILY;INTERVAL=9;BYDAY=MO,TH',
      'FREQ=HOURLY;INTERVAL=11;BYMONTH=2,7',
      'FREQ=MINUTELY;INTERVAL=97;BYDAY=SU',
    );
    const start = fc
      .integer({ min: 0, max: 365 * 1_440 })
      .map((minute) => local('2020-01-01T00:00') + minute * 60_000);
    fc.assert(
      fc.property(rule, start, fc.integer({ min: 0, max: 3 * 365 }), (text, begin, days) => {
        const from = begin + days * 86_400_000;
        const times = ruleTimes(readRule(text), begin, 'UTC');
        const all: number[] = [];
        times.walk(begin, (time) => {
          if (time >= from) all.push(time);
          return all.length < 3;
        });
        const later: number[] = [];
        times.walk(from, (time) => later.push(time) < 3);
        expect(later).toEqual(all);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-30',
    'FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;BYMONTH=6',
    'FREQ=DAILY;INTERVAL=7;BYDAY=MO',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31',
    'FREQ=HOURLY;INTERVAL=24;BYDAY=MO;BYMONTHDAY=31;BYMONTH=4',
    'FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30;BYMINUTE=59',
    'FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=3',
    'FREQ=MINUTELY;INTERVAL=10000;BYYEARDAY=366;BYMONTH=1',
    'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6',
  ])('are none where nothing meets a rule, after a walk that ends: %s', (text) => {
    expect(walk(text, '2026-07-01T00:00', '2026-07-01T00:00', 1)).toEqual([]);
    expect(walk(text, '2026-07-01T00:00', '2126-07-01T00:00', 1)).toEqual([]);
  });
});
