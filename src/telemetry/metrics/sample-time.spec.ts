import fc from 'fast-check';

import { InvalidSampleTime } from './metrics.errors';
import { isSampleTimeMs, MAX_SAMPLE_TIME_MS, parseSampleTime } from './sample-time';

const NOON = Date.UTC(2026, 0, 31, 12);

describe('parseSampleTime', () => {
  it.each<[unknown, number]>([
    [NOON / 1000, NOON],
    [NOON, NOON],
    [NOON / 1000 + 0.25, NOON + 250],
    [NOON + 0.4, NOON],
    [String(NOON / 1000), NOON],
    [` ${NOON} `, NOON],
    ['1769860800.5', NOON + 500],
    [0, 0],
    [-0, 0],
    [4_102_444_799, MAX_SAMPLE_TIME_MS - 1000],
    [4_102_444_800, 4_102_444_800],
    ['2026-01-31T12:00:00Z', NOON],
    ['2026-01-31t12:00:00z', NOON],
    ['2026-01-31T12:00:00.123Z', NOON + 123],
    ['2026-01-31T12:00:00.123456789Z', NOON + 123],
    ['2026-01-31T12:00:00,5Z', NOON + 500],
    ['2026-01-31T14:00:00+02:00', NOON],
    ['2026-01-31T06:30:00-0530', NOON],
    ['2026-01-31 13:00:00 +01', NOON],
    ['2026-01-31 12:00:00', NOON],
    ['2026-01-31 12:00:00.25', NOON + 250],
    ['2026-01-31T12:00:00', NOON],
    ['2026-01-31 12:00', NOON],
    ['2026-01-31', NOON - 12 * 3_600_000],
    ['2024-02-29 00:00:00', Date.UTC(2024, 1, 29)],
  ])('reads %j as %d', (input, timeMs) => {
    expect(parseSampleTime(input)).toBe(timeMs);
  });

  it.each<[unknown, string]>([
    ['', 'cannot be read'],
    ['yesterday', 'cannot be read'],
    ['31.01.2026 12:00', 'cannot be read'],
    ['2026-1-31', 'cannot be read'],
    ['2026-01-31T12:00:00Z; drop', 'cannot be read'],
    ['2026-02-30', 'does not exist'],
    ['2025-02-29 00:00:00', 'does not exist'],
    ['2026-13-01', 'does not exist'],
    ['2026-00-10', 'does not exist'],
    ['2026-01-31 24:00:00', 'does not exist'],
    ['2026-01-31 12:60:00', 'does not exist'],
    ['2026-01-31T12:00:00+25:00', 'does not exist'],
    ['0070-01-01', 'does not exist'],
    ['1969-12-31T23:59:59Z', 'outside 1970 to 2100'],
    ['2100-01-01', 'outside 1970 to 2100'],
    [-1, 'outside 1970 to 2100'],
    ['-5', 'outside 1970 to 2100'],
    [NaN, 'outside 1970 to 2100'],
    [Infinity, 'outside 1970 to 2100'],
    [MAX_SAMPLE_TIME_MS, 'outside 1970 to 2100'],
    [NOON * 1000, 'micro- or nanoseconds'],
    [String(NOON * 1e6), 'micro- or nanoseconds'],
    [null, 'type object'],
    [undefined, 'type undefined'],
  ])('refuses %j: %s', (input, reason) => {
    expect(() => parseSampleTime(input)).toThrow(InvalidSampleTime);
    expect(() => parseSampleTime(input)).toThrow(reason);
    expect(() => parseSampleTime(input)).toThrow('accepted are seconds or milliseconds');
  });

  it('does not repeat a long input in its error', () => {
    expect(() => parseSampleTime('x'.repeat(10_000))).toThrow(/^.{0,300}$/);
  });

  it('reads an instant alike in every form', () => {
    const instant = fc.integer({ min: 4_102_444_800, max: MAX_SAMPLE_TIME_MS - 1 });
    fc.assert(
      fc.property(instant, fc.integer({ min: -14 * 60, max: 14 * 60 }), (timeMs, offsetMinutes) => {
        const iso = new Date(timeMs).toISOString();
        const local = new Date(timeMs + offsetMinutes * 60_000).toISOString().slice(0, -1);
        const hours = String(Math.floor(Math.abs(offsetMinutes) / 60)).padStart(2, '0');
        const minutes = String(Math.abs(offsetMinutes) % 60).padStart(2, '0');
        for (const form of [
          timeMs,
          timeMs / 1000,
          iso,
          iso.slice(0, -1).replace('T', ' '),
          `${local}${offsetMinutes < 0 ? '-' : '+'}${hours}:${minutes}`,
        ]) {
          expect(parseSampleTime(form)).toBe(timeMs);
        }
      }),
    );
  });

  it('gives only times in range, or a refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.string(), fc.anything()), (input) => {
        try {
          expect(isSampleTimeMs(parseSampleTime(input))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSampleTime);
        }
      }),
    );
  });
});
