import fc from 'fast-check';

import { instantOf, instantsShowing } from './local-time';
import { exceptDays, isDay, isLocalTime, type LocalTimes, nextInstant } from './local-times';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function listed(times: readonly number[], isHourly: boolean, until: number | null = null): LocalTimes {
  return {
    isHourly,
    until,
    walk(from, visit) {
      times.filter((local) => local >= from).every((local) => visit(local));
    },
  };
}

describe('the next instant of local times', () => {
  // A day and a half around a change of the clock, forward and back, by an hour and by half of one.
  const change = fc.constantFrom(
    ['Europe/Berlin', '2026-03-29T02:00'],
    ['Europe/Berlin', '2026-10-25T02:00'],
    ['America/New_York', '2026-03-08T02:00'],
    ['America/New_York', '2026-11-01T01:00'],
    ['Australia/Lord_Howe', '2026-10-04T02:00'],
    ['Australia/Lord_Howe', '2026-04-05T01:30'],
    ['Asia/Kolkata', '2026-04-05T01:30'],
  );

  it('is the first of all instants that they are, whatever the clock does between them', () => {
    fc.assert(
      fc.property(
        change,
        fc.uniqueArray(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: -2_000, max: 2_000 }),
        fc.boolean(),
        ([timeZone, at], minutes, offset, isHourly) => {
          const middle = Date.parse(`${at}Z`);
          const times = minutes.toSorted((a, b) => a - b).map((minute) => middle + minute * MINUTE_MS);
          const after = middle + offset * MINUTE_MS;
          const all = times.flatMap((local) =>
            isHourly ? instantsShowing(timeZone, local) : [instantOf(timeZone, local)],
          );
          const first = Math.min(...all.filter((instant) => instant > after));
          expect(nextInstant(listed(times, isHourly), timeZone, after)).toBe(
            first === Infinity ? null : first,
          );
        },
      ),
    );
  });

  it('is none after the last that counts', () => {
    const noon = Date.parse('2026-06-01T12:00Z');
    const times = listed([noon, noon + HOUR_MS], false, noon + HOUR_MS - 1);
    expect(nextInstant(times, 'UTC', 0)).toBe(noon);
    expect(nextInstant(times, 'UTC', noon)).toBeNull();
  });

  it('is not on a day that is left out', () => {
    const noon = Date.parse('2026-06-01T12:00Z');
    const times = exceptDays(listed([noon, noon + 24 * HOUR_MS], false), ['2026-06-01']);
    expect(nextInstant(times, 'UTC', 0)).toBe(noon + 24 * HOUR_MS);
  });
});

describe('a day or a local time', () => {
  it.each([
    ['2026-12-24', true],
    ['2026-02-30', false],
    ['2026-2-3', false],
    ['1999-01-01', false],
    ['2026-12-24T00:00', false],
    [20261224, false],
  ])('is a day: %s, %s', (text, is) => {
    expect(isDay(text)).toBe(is);
  });

  it.each([
    ['2026-12-24T02:30', true],
    ['2026-12-24T24:00', false],
    ['2026-02-29T02:30', false],
    ['2026-12-24T02:30:00', false],
    ['2026-12-24T02:30Z', false],
    ['2026-12-24', false],
  ])('is a local time: %s, %s', (text, is) => {
    expect(isLocalTime(text)).toBe(is);
  });
});
