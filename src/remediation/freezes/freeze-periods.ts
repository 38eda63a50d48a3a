import { instantOf, localMs } from '../../common/time/local-time';
import { CHANGE_MS, exceptDays } from '../../common/time/local-times';
import { nextOccurrence, type Occurrence } from '../../common/time/recurrence';
import { readRule } from '../../common/time/recurrence-rule';
import { ruleTimes } from '../../common/time/rule-times';
import type { FreezeEntry } from './freeze-entry';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A calendar, as far as it says when. */
export interface FreezeTimes {
  readonly timeZone: string;
  readonly entries: readonly FreezeEntry[];
}

/**
 * The periods of a calendar that are on at any time from one instant on to before another, whole, in their order; what meets or overlaps is
 * one. Lengths count as the local clock does, and what it skips and repeats is as of `recurrence.ts`.
 */
export function periodsOf({ entries, timeZone }: FreezeTimes, from: Date, to: Date): Occurrence[] {
  const found = entries
    .flatMap((entry) => occurrencesOf(entry, timeZone, from, to))
    .filter(({ startsAt, endsAt }) => startsAt < to && endsAt > from)
    .toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  const merged: Occurrence[] = [];
  for (const period of found) {
    const last = merged.at(-1);
    if (last === undefined || last.endsAt < period.startsAt) merged.push(period);
    else if (last.endsAt < period.endsAt) merged[merged.length - 1] = { ...last, endsAt: period.endsAt };
  }
  return merged;
}

/** The period of a calendar that is on at an instant, or null. */
export function periodAt(times: FreezeTimes, at: Date): Occurrence | null {
  return periodsOf(times, at, new Date(at.getTime() + 1))[0] ?? null;
}

/** Those of one entry that begin before an instant, and maybe some that are over at the other. */
function occurrencesOf(entry: FreezeEntry, timeZone: string, from: Date, to: Date): Occurrence[] {
  switch (entry.kind) {
    case 'once':
      return [{ startsAt: new Date(entry.starts_at), endsAt: new Date(entry.ends_at) }];
    case 'days':
      return [
        {
          startsAt: new Date(instantOf(timeZone, startOf(entry.first_day))),
          endsAt: new Date(instantOf(timeZone, startOf(entry.last_day) + DAY_MS)),
        },
      ];
    case 'weekly':
      return weekly(entry, timeZone, from, to);
    case 'rrule':
      return byRule(entry, timeZone, from, to);
  }
}

function weekly(
  { weekdays, start_time, duration_minutes }: Extract<FreezeEntry, { kind: 'weekly' }>,
  timeZone: string,
  from: Date,
  to: Date,
): Occurrence[] {
  const recurrence = { weekdays, startTime: start_time, durationMinutes: duration_minutes, timeZone };
  const found: Occurrence[] = [];
  let after = new Date(from.getTime() - duration_minutes * MINUTE_MS - CHANGE_MS);
  for (;;) {
    const next = nextOccurrence(recurrence, after);
    if (next === null || next.startsAt >= to) return found;
    found.push(next);
    after = next.startsAt;
  }
}

function byRule(
  { rrule, starts_at, duration_minutes, except = [] }: Extract<FreezeEntry, { kind: 'rrule' }>,
  timeZone: string,
  from: Date,
  to: Date,
): Occurrence[] {
  const times = exceptDays(ruleTimes(readRule(rrule), Date.parse(`${starts_at}Z`), timeZone), except);
  const length = duration_minutes * MINUTE_MS;
  const found: Occurrence[] = [];
  const lastLocal = localMs(timeZone, to.getTime()) + CHANGE_MS;
  times.walk(localMs(timeZone, from.getTime()) - length - CHANGE_MS, (local) => {
    if (local > lastLocal) return false;
    const start = instantOf(timeZone, local);
    if (times.until !== null && start > times.until) return true;
    const end = instantOf(timeZone, local + length);
    found.push({ startsAt: new Date(start), endsAt: new Date(end > start ? end : start + length) });
    return true;
  });
  return found;
}

function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
