import { exceptDays, type LocalTimes, nextInstant } from '../../common/time/local-times';
import { readRule } from '../../common/time/recurrence-rule';
import { ruleTimes } from '../../common/time/rule-times';
import { cronTimes } from './cron';

/** When slots come, by the clock of a time zone: a cron expression, or a recurrence rule with its start. */
export interface SlotTerms {
  readonly cron: string | null;
  readonly rrule: string | null;
  /** Of a rule: its first time and what it leaves open, as the local clock shows it, `2026-01-31T02:30`. */
  readonly startsAt: string | null;
  /** Local days without slots, `2026-12-24`. */
  readonly except: readonly string[];
  readonly timeZone: string;
}

/**
 * The first slot after an instant; null where there is none any more. What becomes of local times that the clock skips or repeats is the
 * same for both kinds, and `nextInstant` says it.
 * @example nextSlot({ cron: '30 2 * * *', rrule: null, startsAt: null, except: [], timeZone: 'Europe/Berlin' }, new Date('2026-03-28T12:00:00Z')) // 2026-03-29T01:30:00Z
 */
export function nextSlot(terms: SlotTerms, after: Date): Date | null {
  const found = nextInstant(timesOf(terms), terms.timeZone, after.getTime());
  return found === null ? null : new Date(found);
}

/**
 * The last slot at or before an instant, of those from a known one on. In as many looks as the time between them can be halved, however
 * many slots lie there.
 */
export function lastSlot(terms: SlotTerms, known: Date, at: Date): Date {
  const times = timesOf(terms);
  let last = known.getTime();
  let none = at.getTime();
  for (let middle = last; middle < none; middle = Math.floor((last + none) / 2)) {
    const slot = nextInstant(times, terms.timeZone, middle);
    if (slot !== null && slot <= at.getTime()) last = slot;
    else none = middle;
  }
  return new Date(last);
}

function timesOf({ cron, rrule, startsAt, except, timeZone }: SlotTerms): LocalTimes {
  if (cron !== null) return exceptDays(cronTimes(cron), except);
  if (rrule === null || startsAt === null) throw new Error('Slots have neither a cron expression nor a rule');
  return exceptDays(ruleTimes(readRule(rrule), Date.parse(`${startsAt}Z`), timeZone), except);
}
