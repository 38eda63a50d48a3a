import { InvalidSampleTime } from './metrics.errors';
import { readDecimalNumber } from './number-text';

/** 2100-01-01: the first instant that we refuse. Later "dates" are mistaken units, and would outlive every retention rule. */
export const MAX_SAMPLE_TIME_MS = Date.UTC(2100, 0, 1);
const MAX_SAMPLE_TIME_SECONDS = MAX_SAMPLE_TIME_MS / 1000;

const DATE_TEXT =
  // Nothing in it repeats without a bound, so no text makes it run long.
  // eslint-disable-next-line security/detect-unsafe-regex
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?)?$/;
const ACCEPTED =
  'accepted are seconds or milliseconds since 1970, ISO 8601 such as 2026-01-31T12:00:00Z or …+02:00, and 2026-01-31 12:00:00 (UTC)';

/**
 * An instant in whole milliseconds since 1970, from whatever form a file or sender uses.
 * Units   A number below 4,102,444,800 (2100 in seconds) is seconds, from there on milliseconds. Milliseconds of 1970's first 47
 *         days are therefore read as seconds: no monitoring data is that old.
 * Zone    A text without `Z` or an offset is UTC; a date alone is its midnight.
 * Range   1970 up to, not including, 2100. Fractions of a millisecond are rounded.
 * Throws  InvalidSampleTime, saying what would be accepted.
 * @example parseSampleTime('2026-01-31 12:00:00') // 1769860800000
 */
export function parseSampleTime(input: unknown): number {
  if (typeof input === 'number') return fromNumber(input);
  if (typeof input !== 'string')
    throw new InvalidSampleTime(`a time of type ${typeof input} cannot be read; ${ACCEPTED}`);
  const text = input.trim();
  const value = readDecimalNumber(text);
  return Number.isNaN(value) ? fromDate(text) : fromNumber(value);
}

/**
 * True for whole milliseconds from 1970 up to, not including, 2100.
 * @example isSampleTimeMs(Date.UTC(2026, 0, 1)) // true
 */
export function isSampleTimeMs(timeMs: number): boolean {
  return Number.isInteger(timeMs) && timeMs >= 0 && timeMs < MAX_SAMPLE_TIME_MS;
}

function fromNumber(value: number): number {
  // Adding 0 turns -0 into 0.
  const timeMs = Math.round(value < MAX_SAMPLE_TIME_SECONDS ? value * 1000 : value) + 0;
  if (isSampleTimeMs(timeMs)) return timeMs;
  const hint = value >= MAX_SAMPLE_TIME_MS ? ' (micro- or nanoseconds must be divided first)' : '';
  throw new InvalidSampleTime(`time ${value} is outside 1970 to 2100${hint}; ${ACCEPTED}`);
}

function fromDate(text: string): number {
  const match = DATE_TEXT.exec(text);
  if (match === null) throw new InvalidSampleTime(`time ${shorten(text)} cannot be read; ${ACCEPTED}`);
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(localMs);
  // Date.UTC carries 31 February over into March, and reads the year 70 as 1970; the way back shows it.
  const exists =
    back.getUTCFullYear() === year && back.getUTCMonth() === month - 1 && back.getUTCDate() === day;
  const offsetMinutes = readOffsetMinutes(match[8]);
  if (!exists || hour > 23 || minute > 59 || second > 59 || offsetMinutes === null) {
    throw new InvalidSampleTime(
      `time ${shorten(text)} names a day or an hour that does not exist; ${ACCEPTED}`,
    );
  }
  const fractionMs = Math.round(Number(`0.${match[7] ?? 0}`) * 1000);
  const timeMs = localMs + fractionMs - offsetMinutes * 60_000;
  if (!isSampleTimeMs(timeMs))
    throw new InvalidSampleTime(`time ${shorten(text)} is outside 1970 to 2100; ${ACCEPTED}`);
  return timeMs;
}

function readOffsetMinutes(zone: string | undefined): number | null {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return null;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
