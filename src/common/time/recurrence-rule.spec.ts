import { readRule, ruleProblem } from './recurrence-rule';

describe('a recurrence rule', () => {
  it.each([
    'FREQ=MONTHLY;BYDAY=2TU;BYHOUR=2;BYMINUTE=30',
    'freq=yearly;bymonth=12;bymonthday=24,25',
    'FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;UNTIL=20301231T235959Z',
    'FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,FR;COUNT=10',
    'FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    'FREQ=MINUTELY;INTERVAL=45',
    'FREQ=HOURLY;INTERVAL=3;BYMINUTE=0,30',
    'FREQ=MINUTELY;BYMINUTE=0,1,2',
    'FREQ=HOURLY;BYHOUR=9,10;BYMINUTE=0,1,2',
  ])('may be %s', (text) => {
    expect(ruleProblem(text)).toBeNull();
  });

  it.each([
    ['', 'must be parts such as'],
    ['FREQ=DAILY;', 'must be parts such as'],
    ['RRULE:FREQ=DAILY', 'not known: RRULE:FREQ'],
    ['DTSTART=20260101T000000;FREQ=DAILY', 'not known: DTSTART'],
    ['BYHOUR=2', 'needs FREQ'],
    ['FREQ=SECONDLY', 'needs FREQ'],
    ['FREQ=DAILY;BYSECOND=30', 'not known: BYSECOND'],
    ['FREQ=YEARLY;BYEASTER=0', 'not known: BYEASTER'],
    ['FREQ=DAILY;FREQ=WEEKLY', 'FREQ twice'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL between 1'],
    ['FREQ=DAILY;INTERVAL=1e9', 'INTERVAL between 1'],
    ['FREQ=DAILY;COUNT=100000', 'COUNT between 1 and 1000'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20260101T000000Z', 'COUNT and UNTIL'],
    ['FREQ=DAILY;UNTIL=20260101', 'UNTIL with its time'],
    ['FREQ=DAILY;UNTIL=20260230T000000Z', 'UNTIL with its time'],
    ['FREQ=DAILY;WKST=XX', 'WKST of MO'],
    ['FREQ=DAILY;BYHOUR=24', '24 in BYHOUR; it takes 0 to 23'],
    ['FREQ=DAILY;BYMINUTE=-1', '-1 in BYMINUTE'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', '0 in BYMONTHDAY'],
    ['FREQ=MONTHLY;BYMONTHDAY=-32', 'down to -31 from the end'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY, which FREQ=WEEKLY cannot have'],
    ['FREQ=MINUTELY;BYHOUR=9', 'BYHOUR, which FREQ=MINUTELY cannot have'],
    ['FREQ=MONTHLY;BYYEARDAY=1', 'BYYEARDAY, which FREQ=MONTHLY cannot have'],
    ['FREQ=WEEKLY;BYDAY=2MO', 'counted of a month or a year'],
    ['FREQ=MONTHLY;BYDAY=0MO', 'that is none: 0MO'],
    ['FREQ=MONTHLY;BYDAY=+MO', 'that is none: +MO'],
    ['FREQ=MONTHLY;BYDAY=MO,2TU', 'with and without a number'],
    ['FREQ=YEARLY;BYWEEKNO=20', 'needs BYDAY'],
    ['FREQ=DAILY;BYSETPOS=1', 'nothing of which to choose'],
    ['FREQ=HOURLY;INTERVAL=2;BYHOUR=1', 'may never meet'],
    ['FREQ=MINUTELY;INTERVAL=7;BYMINUTE=3', 'may never meet'],
    [
      `FREQ=DAILY;BYHOUR=${Array.from({ length: 24 }, (_, n) => n).join(',')};BYMINUTE=0,1,2,3,4`,
      'more than 96 times',
    ],
    ['FREQ=MONTHLY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12;BYMINUTE=0,30', 'more than 24 times'],
    [`FREQ=DAILY;BYHOUR=${'1,'.repeat(300)}1`, 'at most 500 characters'],
  ])('may not be %s', (text, problem) => {
    expect(ruleProblem(text)).toContain(problem);
    expect(() => readRule(text)).toThrow(problem);
  });
});
