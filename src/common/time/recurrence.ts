export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Something that happens every week on certain days, from a time of the local clock on. */
export interface Recurrence {
  readonly weekdays: readonly Weekday[];
  /** `22:30`, by the clock of the time zone. */
  readonly startTime: string;
  /** As the local clock counts: from 22:00 on for 8 hours ends at 06:00, also in the night in which the clock changes. */
  readonly durationMinutes: number;
  /** A name of the IANA database, as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** From (inclusive) and to (exclusive). */
export interface Occurrence {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The occurrence that is going on at an instant, or null.
 * Skipped   A local time that the clock skips in spring is as much later as was skipped (RFC 5545); an occurrence whose end would then not
 *           lie behind its start keeps its length.
 * Repeated  A local time that the clock shows twice in autumn is the first of the two.
 * @example occurrenceAt({ weekdays: ['sunday'], startTime: '02:00', durationMinutes: 60, timeZone: 'UTC' }, new Date('2026-02-01T02:30:00Z'))
 */
export function occurrenceAt(recurrence: Recurrence, at: Date): Occurrence | null {
  const daysBack = Math.ceil(recurrence.durationMinutes / 1_440) + 1;
  return (
    occurrences(recurrence, at, -daysBack, 1).find(({ startsAt, endsAt }) => startsAt <= at && at < endsAt) ??
    null
  );
}

/** The first occurrence that begins after an instant. Skipped and repeated times as in `occurrenceAt`. */
export function nextOccurrence(recurrence: Recurrence, at: Date): Occurrence | null {
  return occurrences(recurrence, at, -1, 9).find(({ startsAt }) => startsAt > at) ?? null;
}

/** Whether the IANA database as this process has it knows a zone. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Those that begin on the local days around an instant, in their order. */
function occurrences(
  { weekdays, startTime, durationMinutes, timeZone }: Recurrence,
  around: Date,
  fromDay: number,
  toDay: number,
): Occurrence[] {
  const [hours, minutes] = startTime.split(':').map(Number);
  const today = Math.floor(localMs(timeZone, around.getTime()) / DAY_MS);
  const found: Occurrence[] = [];
  for (let day = today + fromDay; day <= today + toDay; day += 1) {
    // Day 0 of the epoch was a Thursday.
    if (!weekdays.includes(WEEKDAYS[(((day + 4) % 7) + 7) % 7])) continue;
    const local = day * DAY_MS + (hours * 60 + minutes) * MINUTE_MS;
    const start = instantOf(timeZone, local);
    const end = instantOf(timeZone, local + durationMinutes * MINUTE_MS);
    found.push({
      startsAt: new Date(start),
      endsAt: new Date(end > start ? end : start + durationMinutes * MINUTE_MS),
    });
  }
  return found;
}

/** The instant at which a zone's clock shows a local time, given and returned in milliseconds. */
function instantOf(timeZone: string, local: number): number {
  // The clock does not change twice within two days.
  const before = offsetMs(timeZone, local - DAY_MS);
  const after = offsetMs(timeZone, local + DAY_MS);
  const shown = [local - before, local - after].filter((instant) => localMs(timeZone, instant) === local);
  return shown.length > 0 ? Math.min(...shown) : local - before;
}

function offsetMs(timeZone: string, instant: number): number {
  return localMs(timeZone, instant) - instant;
}

/** What a zone's clock shows at an instant, as milliseconds of a clock in UTC that shows the same. */
function localMs(timeZone: string, instant: number): number {
  const second = Math.floor(instant / 1_000) * 1_000;
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(second)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return shown + (instant - second);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws  RangeError where there is no such zone. Kept, since making one takes longer than all else here. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
