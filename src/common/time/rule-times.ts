import { type Options, RRule } from 'rrule';

import { localMs } from './local-time';
import { CHANGE_MS, type LocalTimes } from './local-times';
import { type Frequency, type RecurrenceRule, RULE_WEEKDAYS } from './recurrence-rule';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Periods of fixed length; months and years are counted. */
const LENGTH_MS = { WEEKLY: 7 * DAY_MS, DAILY: DAY_MS, HOURLY: HOUR_MS, MINUTELY: MINUTE_MS } as const;

/**
 * How many periods a walk looks at: fifty years of long ones, ten of days, and of hours and minutes as many as of days, since a day without
 * any is one step. A rule that never meets anything (the 30th of February) would be followed to the year 9999.
 */
const MAX_PERIODS = {
  YEARLY: 50,
  MONTHLY: 600,
  WEEKLY: 2_610,
  DAILY: 3_653,
  HOURLY: 3_653,
  MINUTELY: 3_653,
} as const satisfies Record<Frequency, number>;

class WalkedFarEnough extends Error {}

/**
 * The local times of a recurrence rule from its start on, given as a clock in UTC shows it. The library is used as a calendar in UTC alone;
 * what becomes of times that a zone's clock skips or repeats, `nextInstant` says.
 */
export function ruleTimes(rule: RecurrenceRule, start: number, timeZone: string): LocalTimes {
  const options = libraryOptions(rule, start);
  const until = rule.until?.isInstant === true ? rule.until.at : null;
  const lastLocal =
    rule.until === null ? Infinity : until === null ? rule.until.at : localMs(timeZone, until) + CHANGE_MS;
  return {
    isHourly: isHourly(rule),
    until,
    walk(from, visit) {
      const walked = new RRule({ ...options, dtstart: new Date(firstStart(rule, start, from)) }, true);
      limitPeriods(walked, rule);
      try {
        walked.all((date) => {
          const local = date.getTime();
          if (local > lastLocal) return false;
          return local < from || local < start || visit(local);
        });
      } catch (error) {
        if (!(error instanceof WalkedFarEnough)) throw error;
      }
    },
  };
}

/** The rule in the library's words. What the start says of it is written out, so that a walk may begin elsewhere. */
function libraryOptions(rule: RecurrenceRule, start: number): Partial<Options> {
  const { frequency, interval, count, weekStart, weekdays, numbers } = rule;
  const at = new Date(start);
  const hasDays =
    weekdays.length > 0 ||
    ['BYWEEKNO', 'BYYEARDAY', 'BYMONTHDAY'].some((part) => numbers.has(part as 'BYWEEKNO'));
  const isYearlyOnce = frequency === 'YEARLY' && !hasDays;
  const isMonthlyOnce = frequency === 'MONTHLY' && !hasDays;
  const list = (part: Parameters<typeof numbers.get>[0]): number[] | null => {
    const found = numbers.get(part);
    return found === undefined ? null : [...new Set(found)].toSorted((a, b) => a - b);
  };
  return {
    freq: RRule[frequency],
    interval,
    count,
    wkst: RULE_WEEKDAYS.indexOf(weekStart),
    byweekday:
      weekdays.length === 0
        ? null
        : weekdays.map(({ day, nth }) => (nth === null ? RRule[day] : RRule[day].nth(nth))),
    bymonth: list('BYMONTH') ?? (isYearlyOnce ? [at.getUTCMonth() + 1] : null),
    byweekno: list('BYWEEKNO'),
    byyearday: list('BYYEARDAY'),
    bymonthday: list('BYMONTHDAY') ?? (isYearlyOnce || isMonthlyOnce ? [at.getUTCDate()] : null),
    byhour: list('BYHOUR'),
    byminute: list('BYMINUTE'),
    bysecond: [0],
    bysetpos: list('BYSETPOS'),
  };
}

/**
 * Where a walk from a time on has to begin, so that it is no longer the older the rule is: whole periods later than its start, one less
 * than there is room for, and with months and years on the first of a month, which all of them have. What is counted is so from its start on.
 */
function firstStart({ frequency, interval, count }: RecurrenceRule, start: number, from: number): number {
  if (count !== null) return start;
  if (frequency === 'YEARLY' || frequency === 'MONTHLY') {
    const step = frequency === 'YEARLY' ? 12 * interval : interval;
    const begin = new Date(start);
    const months = monthOf(new Date(from)) - monthOf(begin);
    const skipped = (Math.floor(months / step) - 1) * step;
    if (skipped <= 0) return start;
    return Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + skipped) + (start % DAY_MS);
  }
  const step = LENGTH_MS[frequency] * interval;
  return start + Math.max(0, Math.floor((from - start) / step) - 1) * step;
}

function monthOf(date: Date): number {
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The library asks for the interval once a period and never for an end: here it is told that it was enough. */
function limitPeriods({ options }: RRule, { frequency, interval }: RecurrenceRule): void {
  let left = 2 * MAX_PERIODS[frequency];
  Object.defineProperty(options, 'interval', {
    get: () => {
      left -= 1;
      if (left < 0) throw new WalkedFarEnough();
      return interval;
    },
  });
}

function isHourly({ frequency, interval, numbers }: RecurrenceRule): boolean {
  if (numbers.has('BYSETPOS')) return false;
  const hours = new Set(numbers.get('BYHOUR'));
  const isEveryHour = hours.size === 24;
  if (frequency === 'HOURLY') return interval === 1 && (hours.size === 0 || isEveryHour);
  if (frequency === 'MINUTELY') return interval <= 60;
  return isEveryHour;
}
