import fc from 'fast-check';

import { type Recurrence, WEEKDAYS } from '../../common/time/recurrence';
import { tellAt } from './quiet-hours';

const nights: Recurrence = {
  weekdays: WEEKDAYS,
  startTime: '22:00',
  durationMinutes: 480,
  timeZone: 'Europe/Berlin',
};
const told = (at: string, severity: 'low' | 'critical' | null = 'low') =>
  tellAt(nights, severity, new Date(at)).toISOString();

describe('quiet hours', () => {
  it.each([
    ['by day', '2026-01-10T12:00:00Z', '2026-01-10T12:00:00.000Z'],
    ['in the last minute before', '2026-01-10T20:59:59Z', '2026-01-10T20:59:59.000Z'],
    ['from the first on', '2026-01-10T21:00:00Z', '2026-01-11T05:00:00.000Z'],
    ['behind midnight', '2026-01-11T03:00:00Z', '2026-01-11T05:00:00.000Z'],
    ['at their end', '2026-01-11T05:00:00Z', '2026-01-11T05:00:00.000Z'],
    ['in the short night of spring', '2026-03-28T22:00:00Z', '2026-03-29T04:00:00.000Z'],
    ['in the long night of autumn', '2026-10-24T22:00:00Z', '2026-10-25T05:00:00.000Z'],
  ])('%s', (_, at, expected) => {
    expect(told(at)).toBe(expected);
  });

  it('do not hold what is critical, and hold what has no severity', () => {
    expect(told('2026-01-11T03:00:00Z', 'critical')).toBe('2026-01-11T03:00:00.000Z');
    expect(told('2026-01-11T03:00:00Z', null)).toBe('2026-01-11T05:00:00.000Z');
  });

  it('hold for no longer than they last, and what they let go is told at once', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'),
        fc.integer({ min: 1, max: 1_400 }),
        (at, timeZone, durationMinutes) => {
          const hours = { ...nights, timeZone, durationMinutes };
          const until = tellAt(hours, 'high', at);
          // An hour more where the clock goes back meanwhile.
          expect(until.getTime() - at.getTime()).toBeLessThanOrEqual((durationMinutes + 60) * 60_000);
          expect(tellAt(hours, 'high', until)).toEqual(until);
        },
      ),
    );
  });
});
