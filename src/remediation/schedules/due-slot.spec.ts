import { dueSlot } from './due-slot';

const daily = { cron: '30 2 * * *', rrule: null, startsAt: null, except: [], timeZone: 'Europe/Berlin' };

describe('the slot that is due', () => {
  const expected = new Date('2026-07-01T00:30:00Z');
  const due = (now: string, missedSlots: 'skip' | 'run_once' = 'skip') =>
    dueSlot({ ...daily, missedSlots }, expected, new Date(now));

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

  it('is followed by none where it is the last of its rule', () => {
    const rule = {
      ...daily,
      cron: null,
      rrule: 'FREQ=DAILY;COUNT=3',
      startsAt: '2026-06-29T02:30',
      missedSlots: 'skip' as const,
    };
    expect(dueSlot(rule, expected, new Date('2026-07-01T00:30:20Z'))).toEqual({
      slot: expected,
      isMissed: false,
      next: null,
    });
  });
});
