import { instantOf, instantsShowing, localMs } from './local-time';

/** Times of a local clock that come again, as milliseconds of a clock in UTC that shows the same: that one never changes. */
export interface LocalTimes {
  /** Whether every hour has some: they count time that passes, not times of the clock. */
  readonly isHourly: boolean;
  /** The last instant that counts, where there is one. */
  readonly until: number | null;
  /** Hands them over in their order, from one on, until it is told that it was enough or there are no more. */
  walk(from: number, visit: (local: number) => boolean): void;
}

/** More than any clock is put forward or back at once. */
export const CHANGE_MS = 3 * 3_600_000;
const DAY_MS = 86_400_000;

/**
 * The first instant after one at which a zone's clock shows one of these times; null where there is none any more.
 * Skipped   A local time that the clock skips in spring is as much later as was skipped (RFC 5545).
 * Repeated  A local time that the clock shows twice in autumn is the first of the two. Where every hour has times, both are instants, and
 *           what was skipped is none.
 */
export function nextInstant(times: LocalTimes, timeZone: string, after: number): number | null {
  const end = times.until ?? Infinity;
  let found = Infinity;
  let enough = Infinity;
  times.walk(localMs(timeZone, after) - disorderMs(timeZone, after), (local) => {
    if (local > enough) return false;
    for (const instant of times.isHourly ? instantsShowing(timeZone, local) : [instantOf(timeZone, local)])
      if (instant > after && instant < found && instant <= end) {
        found = instant;
        enough = local + disorderMs(timeZone, instant);
      }
    return true;
  });
  return found === Infinity ? null : found;
}

/** How far later local times may be earlier instants around one: not at all, unless the clock changes within a day of it. */
function disorderMs(timeZone: string, instant: number): number {
  const offset = (at: number): number => localMs(timeZone, at) - at;
  return offset(instant - DAY_MS) === offset(instant + DAY_MS) ? 0 : CHANGE_MS;
}

/** These times without those of some days (`2026-12-24`), by the local clock. */
export function exceptDays(times: LocalTimes, days: readonly string[]): LocalTimes {
  if (days.length === 0) return times;
  const left = new Set(days.map((day) => Date.parse(`${day}T00:00:00Z`)));
  return {
    ...times,
    walk: (from, visit) =>
      times.walk(from, (local) => left.has(Math.floor(local / DAY_MS) * DAY_MS) || visit(local)),
  };
}

/** Whether a text is a day that exists, as `2026-12-24`. */
export function isDay(text: unknown): text is string {
  return typeof text === 'string' && /^2[01]\d{2}-\d{2}-\d{2}$/.test(text) && isShown(`${text}T00:00`);
}

/** Whether a text is a time that a local clock may show, to the minute, as `2026-12-24T02:30`. */
export function isLocalTime(text: unknown): text is string {
  return typeof text === 'string' && /^2[01]\d{2}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) && isShown(text);
}

function isShown(text: string): boolean {
  const shown = new Date(`${text}Z`);
  return !Number.isNaN(shown.getTime()) && shown.toISOString().startsWith(text);
}
