import { WEEKDAYS } from '../../common/time/recurrence';
import { Field, Flag, Integer, QueryInteger, Text, TimeZone } from '../../common/validation/fields';
import { TargetGroups } from '../targets/target-groups.dto';
import type { FreezeTerms } from './freeze-calendar.repository';
import { entriesProblem, type FreezeEntry } from './freeze-entry';

const MAX_NAME = 100;
const MAX_REASON = 500;
const MAX_VERSION = 2_147_483_647;

const DURATION = { type: 'integer', minimum: 1, description: 'As the local clock counts' } as const;

function entrySchema(
  kind: FreezeEntry['kind'],
  properties: Record<string, object>,
  optional: readonly string[] = [],
) {
  return {
    type: 'object',
    required: ['kind', ...Object.keys(properties).filter((name) => !optional.includes(name))],
    properties: { kind: { type: 'string', enum: [kind] }, ...properties },
  };
}

/** The four kinds of entries, for the API's document. */
export const ENTRY_SCHEMA = {
  oneOf: [
    entrySchema('once', {
      starts_at: { type: 'string', format: 'date-time' },
      ends_at: { type: 'string', format: 'date-time' },
    }),
    entrySchema('days', {
      first_day: { type: 'string', format: 'date' },
      last_day: { type: 'string', format: 'date', description: 'Included' },
    }),
    entrySchema('weekly', {
      weekdays: { type: 'array', items: { type: 'string', enum: [...WEEKDAYS] } },
      start_time: { type: 'string', example: '22:30' },
      duration_minutes: DURATION,
    }),
    entrySchema(
      'rrule',
      {
        rrule: { type: 'string', example: 'FREQ=MONTHLY;BYDAY=-1FR' },
        starts_at: { type: 'string', description: 'By the local clock', example: '2026-01-30T18:00' },
        duration_minutes: DURATION,
        except: { type: 'array', items: { type: 'string', format: 'date' } },
      },
      ['except'],
    ),
  ],
};

export class FreezeCalendarDto {
  @Text(MAX_NAME, { example: 'Year end' })
  name: string;

  @Flag({ required: false, description: 'True where it is left out' })
  enabled?: boolean;

  @Text(MAX_REASON, { required: false, description: 'What people are told whom it holds up' })
  reason?: string;

  @TimeZone({ description: 'By its name in the IANA database' })
  time_zone: string;

  @TargetGroups('The groups of targets that it holds; everything where it is left out or empty')
  target_groups?: string[];

  @Field(
    entriesProblem,
    { type: 'array', items: ENTRY_SCHEMA, minItems: 1 },
    {
      description:
        'When: once between two instants, on local days, every week, or by a recurrence rule. Lengths count as the local clock does',
      example: [{ kind: 'days', first_day: '2026-12-23', last_day: '2027-01-01' }],
    },
  )
  entries: FreezeEntry[];
}

export class ChangeFreezeCalendarDto extends FreezeCalendarDto {
  @Integer(1, MAX_VERSION, {
    required: false,
    description: 'The version you read; with it a change that somebody made meanwhile is not overwritten',
  })
  version?: number;
}

export class DeleteFreezeCalendarQuery {
  @QueryInteger(1, MAX_VERSION, { description: 'The version you read' })
  version?: number;
}

/** What a caller asks for, with its defaults. */
export function freezeTermsOf(body: FreezeCalendarDto): FreezeTerms {
  return {
    name: body.name,
    isEnabled: body.enabled ?? true,
    reason: body.reason ?? '',
    timeZone: body.time_zone,
    targetGroups: body.target_groups ?? [],
    entries: body.entries,
  };
}
