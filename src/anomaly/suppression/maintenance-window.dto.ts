import { type Weekday, WEEKDAYS } from '../../common/time/recurrence';
import { Field, Instant, Integer, OneOf, Text, TimeZone } from '../../common/validation/fields';
import { Matchers } from '../matchers.dto';

const MAX_NAME = 100;
const WEEK_MINUTES = 10_080;

const SCHEDULES = ['once', 'weekly'] as const;

/** What a maintenance window covers, and when: `once` or `weekly`, with the members of that kind. */
export class MaintenanceWindowDto {
  @Text(MAX_NAME, { example: 'Database upgrade' })
  name: string;

  @Matchers('service=~"checkout|cart"')
  matchers: string[];

  @OneOf(SCHEDULES, { example: 'weekly' })
  schedule: (typeof SCHEDULES)[number];

  @Instant({ required: false, description: 'Of one that takes place once' })
  starts_at?: string;

  @Instant({ required: false, description: 'Of one that takes place once' })
  ends_at?: string;

  @Field(
    (value, field) =>
      Array.isArray(value) &&
      value.length > 0 &&
      new Set(value).size === value.length &&
      value.every((day) => (WEEKDAYS as readonly unknown[]).includes(day))
        ? null
        : `${field} must be a list of different days: ${WEEKDAYS.join(', ')}`,
    { type: 'array', items: { type: 'string', enum: [...WEEKDAYS] }, minItems: 1, maxItems: 7 },
    {
      required: false,
      description: 'Of a weekly one: the local days on which it begins',
      example: ['saturday'],
    },
  )
  weekdays?: Weekday[];

  @Field(
    (value, field) =>
      typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value)
        ? null
        : `${field} must be a time of day such as 22:30`,
    { type: String, pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' },
    { required: false, description: 'Of a weekly one: by the clock of its time zone', example: '22:30' },
  )
  start_time?: string;

  @Integer(1, WEEK_MINUTES, {
    required: false,
    description: 'Of a weekly one: as the local clock counts, also in nights in which it changes',
    example: 120,
  })
  duration_minutes?: number;

  @TimeZone({
    required: false,
    description: 'Of a weekly one: by its name in the IANA database',
  })
  time_zone?: string;
}
