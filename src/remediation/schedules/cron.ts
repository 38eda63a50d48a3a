import { CronExpressionParser } from 'cron-parser';

import { instantOf, instantsShowing, localMs } from '../../common/time/local-time';

/** Times that come again, by the clock of a time zone. */
export interface CronSchedule {
  /** Minute, hour, day of the month, month and day of the week, as cron writes them. */
  readonly cron: string;
  readonly timeZone: string;
}

/** More than any clock is put forward or back at once. */
const CHANGE_MS = 3 * 3_600_000;
const FIELD = /^(?:[\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)+$/i;

/** What is wrong with an expression, or null. */
export function cronProblem(cron: string): string | null {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) return 'must have five fields: minute, hour, day of month, month, day of week';
  const strange = fields.find((field) => !FIELD.test(field));
  if (strange !== undefined)
    return `has a field that is no list, range or step of numbers or names: ${strange}`;
  try {
    CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(0) }).next();
    return null;
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
}

/**
 * The first slot after an instant.
 * Skipped   A local time that the clock skips in spring is as much later as was skipped (RFC 5545).
 * Repeated  A local time that the clock shows twice in autumn is the first of the two. Where every hour has slots, both are slots, and
 *           what was skipped is none: such a schedule counts time that passes, not times of the clock.
 * @example nextSlot({ cron: '30 2 * * *', timeZone: 'Europe/Berlin' }, new Date('2026-03-28T12:00:00Z')) // 2026-03-29T01:30:00Z
 */
export function nextSlot(schedule: CronSchedule, after: Date): Date {
  const { walls, slotsOf } = walk(schedule, after, -CHANGE_MS, 'next');
  let found = Infinity;
  let until = Infinity;
  for (let wall = walls(); wall <= until; wall = walls())
    for (const slot of slotsOf(wall))
      if (slot > after.getTime() && slot < found) {
        found = slot;
        until = wall + CHANGE_MS;
      }
  return new Date(found);
}

/** The last slot at or before an instant. Skipped and repeated times as in `nextSlot`. */
export function lastSlot(schedule: CronSchedule, at: Date): Date {
  const { walls, slotsOf } = walk(schedule, at, CHANGE_MS, 'prev');
  let found = -Infinity;
  let until = -Infinity;
  for (let wall = walls(); wall >= until; wall = walls())
    for (const slot of slotsOf(wall))
      if (slot <= at.getTime() && slot > found) {
        found = slot;
        until = wall - CHANGE_MS;
      }
  return new Date(found);
}

/** Local times in their order, as a clock in UTC would show them, which never changes; and the instants that they are. */
function walk(
  { cron, timeZone }: CronSchedule,
  from: Date,
  shiftMs: number,
  step: 'next' | 'prev',
): { walls: () => number; slotsOf: (wall: number) => readonly number[] } {
  const expression = CronExpressionParser.parse(cron, {
    tz: 'UTC',
    currentDate: new Date(localMs(timeZone, from.getTime()) + shiftMs),
  });
  const isHourly = expression.fields.hour.values.length === 24;
  return {
    walls: () => expression[step]().getTime(),
    slotsOf: (wall) => (isHourly ? instantsShowing(timeZone, wall) : [instantOf(timeZone, wall)]),
  };
}
