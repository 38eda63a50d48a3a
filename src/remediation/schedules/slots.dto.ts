import { isDay, isLocalTime } from '../../common/time/local-times';
import { ruleProblem } from '../../common/time/recurrence-rule';
import { Field, type FieldRule, TimeZone } from '../../common/validation/fields';
import { cronProblem } from './cron';
import { invalidSchedule } from './schedule.errors';
import type { SlotTerms } from './slots';

const MAX_CRON = 200;
const MAX_RULE = 500;
const MAX_EXCEPT = 100;

/** A text that something else finds no problem in. */
const readableRule =
  (max: number, problemOf: (text: string) => string | null): FieldRule =>
  (value, field) => {
    if (typeof value !== 'string' || value.length > max)
      return `${field} must be a text of at most ${max} characters`;
    const problem = problemOf(value);
    return problem && `${field} ${problem}`;
  };

/** When something comes again. */
export class SlotsDto {
  @Field(
    readableRule(MAX_CRON, cronProblem),
    { type: String, maxLength: MAX_CRON },
    {
      required: false,
      description:
        'Minute, hour, day of month, month, day of week; this or rrule. A local time that the clock skips is as much later as was skipped; of one that it shows twice only the first counts, but where every hour has slots, both do',
      example: '30 2 * * *',
    },
  )
  cron?: string;

  @Field(
    readableRule(MAX_RULE, ruleProblem),
    { type: String, maxLength: MAX_RULE },
    {
      required: false,
      description:
        'A recurrence rule of RFC 5545 by the local clock, with starts_at; this or cron. Skipped and repeated times as of cron. UNTIL in UTC (20261231T225959Z) or local (20261231T235959)',
    },
  )
  rrule?: string;

  @Field(
    (value, field) => (isLocalTime(value) ? null : `${field} must be a local time such as 2026-01-31T02:30`),
    { type: String, pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$' },
    {
      required: false,
      description:
        'Of a rule: from when on, by the local clock. What the rule leaves open, it says (day, hour, minute)',
    },
  )
  starts_at?: string;

  @Field(
    (value, field) =>
      Array.isArray(value) && value.length <= MAX_EXCEPT && value.every(isDay)
        ? null
        : `${field} must be a list of at most ${MAX_EXCEPT} days such as 2026-12-24`,
    { type: 'array', items: { type: 'string', format: 'date' }, maxItems: MAX_EXCEPT },
    { required: false, description: 'Local days without slots', example: ['2026-12-24'] },
  )
  except?: string[];

  @TimeZone({ description: 'By its name in the IANA database' })
  time_zone: string;
}

/** The slots that a body asks for. Throws  InvalidSchedule where they are not of exactly one kind. */
export function slotTermsOf({ cron, rrule, starts_at, except, time_zone }: SlotsDto): SlotTerms {
  if (isGiven(cron) === isGiven(rrule)) throw invalidSchedule('cron', 'Give either cron or rrule');
  if (isGiven(rrule) !== isGiven(starts_at))
    throw invalidSchedule('starts_at', 'Give starts_at with rrule, and only with it');
  return {
    cron: cron?.trim() ?? null,
    rrule: rrule?.trim().toUpperCase() ?? null,
    startsAt: starts_at ?? null,
    except: except ?? [],
    timeZone: time_zone,
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
