import { entriesProblem } from './freeze-entry';

const days = { kind: 'days', first_day: '2026-12-23', last_day: '2027-01-01' };
const weekly = { kind: 'weekly', weekdays: ['friday'], start_time: '18:00', duration_minutes: 60 };
const byRule = {
  kind: 'rrule',
  rrule: 'FREQ=MONTHLY;BYDAY=-1FR',
  starts_at: '2026-01-30T18:00',
  duration_minutes: 60,
};

describe('the entries of a freeze calendar', () => {
  it('may be of four kinds', () => {
    const once = { kind: 'once', starts_at: '2026-12-23T00:00:00Z', ends_at: '2026-12-24T00:00:00Z' };
    expect(
      entriesProblem([once, days, weekly, byRule, { ...byRule, except: ['2026-12-24'] }], 'entries'),
    ).toBeNull();
  });

  it.each<[unknown, string]>([
    [[], 'a list of 1 to 30 entries'],
    ['days', 'a list of 1 to 30 entries'],
    [Array.from({ length: 31 }, () => days), 'a list of 1 to 30 entries'],
    [[days, 'x'], 'entries[1] must be an object'],
    [[{ ...days, kind: 'yearly' }], 'entries[0].kind must be one of: once, days, weekly, rrule'],
    [[{ ...days, kind: 'toString' }], 'entries[0].kind must be one of'],
    [[{ ...days, until: 'x' }], 'entries[0].until is no member of an entry of kind days'],
    [[{ kind: 'days', first_day: '2026-12-23' }], 'Missing required field: entries[0].last_day'],
    [[{ ...days, last_day: '2026-02-30' }], 'entries[0].last_day must be a day'],
    [[{ ...days, last_day: '2026-12-22' }], 'first_day must not be after last_day'],
    [[{ kind: 'once', starts_at: '2026-01-01', ends_at: '2026-01-01' }], 'starts_at must be before ends_at'],
    [[{ ...weekly, weekdays: ['freitag'] }], 'entries[0].weekdays must be a list of different days'],
    [[{ ...weekly, start_time: '24:00' }], 'entries[0].start_time must be a time of day'],
    [[{ ...weekly, duration_minutes: 10_081 }], 'between 1 and 10080'],
    [[{ ...byRule, rrule: 'FREQ=SECONDLY' }], 'entries[0].rrule needs FREQ'],
    [[{ ...byRule, rrule: 'FREQ=HOURLY' }], 'at most 4 times a day'],
    [[{ ...byRule, rrule: 'FREQ=DAILY;BYHOUR=1,2,3,4,5' }], 'at most 4 times a day'],
    [[{ ...byRule, rrule: 7 }], 'must be a recurrence rule'],
    [[{ ...byRule, starts_at: '2026-01-30T18:00:00Z' }], 'must be a local time'],
    [[{ ...byRule, except: ['tomorrow'] }], 'entries[0].except must be a list'],
  ])('may not be %j', (entries, problem) => {
    expect(entriesProblem(entries, 'entries')).toContain(problem);
  });
});
