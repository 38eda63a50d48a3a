import { instantOf, localMs } from '../../common/time/local-time';

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
