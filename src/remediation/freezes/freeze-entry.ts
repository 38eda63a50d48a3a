import { isDay, isLocalTime } from '../../common/time/local-times';
import { type Weekday, WEEKDAYS } from '../../common/time/recurrence';
import { readRule, UnreadableRule } from '../../common/time/recurrence-rule';
import { isInstant } from '../../common/validation/fields';

/** One line of a freeze calendar, as people state it and as it is stored; times without a zone are of the calendar's. */
export type FreezeEntry =
  | { readonly kind: 'once'; readonly starts_at: string; readonly ends_at: string }
  /** From the first to the end of the last. */
  | { readonly kind: 'days'; readonly first_day: string; readonly last_day: string }
  | {
      readonly kind: 'weekly';
      readonly weekdays: readonly Weekday[];
      readonly start_time: string;
      readonly duration_minutes: number;
    }
  | {
      readonly kind: 'rrule';
      readonly rrule: string;
      readonly starts_at: string;
      readonly duration_minutes: number;
      readonly except?: readonly string[];
    };

const MAX_ENTRIES = 30;
const MAX_EXCEPT = 100;
const WEEK_MINUTES = 10_080;
/** Of a rule: a month, so that a look at one instant need not go back far. */
const MAX_MINUTES = 44_640;
const MAX_TIMES_A_DAY = 4;

type Check = (value: unknown) => string | null;

const MEMBERS: Readonly<Record<FreezeEntry['kind'], Readonly<Record<string, Check>>>> = {
  once: { starts_at: instant, ends_at: instant },
  days: { first_day: day, last_day: day },
  weekly: { weekdays, start_time: timeOfDay, duration_minutes: minutesUpTo(WEEK_MINUTES) },
  rrule: { rrule, starts_at: localTime, duration_minutes: minutesUpTo(MAX_MINUTES), except: days },
};
const OPTIONAL = ['except'];

/** What is wrong with the lines of a calendar, or null. */
export function entriesProblem(value: unknown, field: string): string | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ENTRIES)
    return `${field} must be a list of 1 to ${MAX_ENTRIES} entries`;
  for (const [index, entry] of value.entries()) {
    const problem = entryProblem(entry, `${field}[${index}]`);
    if (problem !== null) return problem;
  }
  return null;
}

function entryProblem(entry: unknown, field: string): string | null {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return `${field} must be an object`;
  const { kind, ...members } = entry as Record<string, unknown>;
  if (typeof kind !== 'string' || !Object.hasOwn(MEMBERS, kind))
    return `${field}.kind must be one of: ${Object.keys(MEMBERS).join(', ')}`;
  const known = MEMBERS[kind as FreezeEntry['kind']];
  const strange = Object.keys(members).find((name) => !Object.hasOwn(known, name));
  if (strange !== undefined)
    return `${field}.${strange} is no member of an entry of kind ${kind}; known are ${Object.keys(known).join(', ')}`;
  for (const [name, check] of Object.entries(known)) {
    if (members[name] === undefined && OPTIONAL.includes(name)) continue;
    if (members[name] === undefined) return `Missing required field: ${field}.${name}`;
    const problem = check(members[name]);
    if (problem !== null) return `${field}.${name} ${problem}`;
  }
  return orderProblem(entry as FreezeEntry, field);
}

function orderProblem(entry: FreezeEntry, field: string): string | null {
  if (entry.kind === 'once' && Date.parse(entry.starts_at) >= Date.parse(entry.ends_at))
    return `${field}.starts_at must be before ends_at`;
  if (entry.kind === 'days' && entry.first_day > entry.last_day)
    return `${field}.first_day must not be after last_day`;
  return null;
}

function instant(value: unknown): string | null {
  return isInstant(value) ? null : 'must be an ISO 8601 time such as 2026-01-31T10:00:00Z';
}

function day(value: unknown): string | null {
  return isDay(value) ? null : 'must be a day such as 2026-12-24';
}

function days(value: unknown): string | null {
  return Array.isArray(value) && value.length <= MAX_EXCEPT && value.every(isDay)
    ? null
    : `must be a list of at most ${MAX_EXCEPT} days such as 2026-12-24`;
}

function localTime(value: unknown): string | null {
  return isLocalTime(value) ? null : 'must be a local time such as 2026-01-31T02:30';
}

function timeOfDay(value: unknown): string | null {
  return typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value)
    ? null
    : 'must be a time of day such as 22:30';
}

function weekdays(value: unknown): string | null {
  return Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((one) => (WEEKDAYS as readonly unknown[]).includes(one))
    ? null
    : `must be a list of different days: ${WEEKDAYS.join(', ')}`;
}

function rrule(value: unknown): string | null {
  if (typeof value !== 'string') return 'must be a recurrence rule such as FREQ=MONTHLY;BYDAY=-1FR';
  try {
    const { frequency, numbers } = readRule(value);
    const timesADay = (numbers.get('BYHOUR')?.length ?? 1) * (numbers.get('BYMINUTE')?.length ?? 1);
    return frequency === 'HOURLY' || frequency === 'MINUTELY' || timesADay > MAX_TIMES_A_DAY
      ? `must be of at most ${MAX_TIMES_A_DAY} times a day`
      : null;
  } catch (error) {
    if (error instanceof UnreadableRule) return error.message;
    throw error;
  }
}

function minutesUpTo(most: number): Check {
  return (value) =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most
      ? null
      : `must be an integer between 1 and ${most}`;
}
