import { isTimeZone } from '../../common/time/local-time';
import {
  Field,
  Flag,
  IdList,
  Integer,
  JsonObject,
  OneOf,
  QueryInteger,
  Text,
} from '../../common/validation/fields';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { PRIORITIES, type Priority } from '../actions/priority';
import { cronProblem } from './cron';
import { MISSED_POLICIES, type MissedPolicy } from './due-slot';
import { InvalidSchedule } from './schedule.errors';
import type { ScheduleTerms } from './schedule.repository';

const MAX_NAME = 100;
const MAX_CRON = 200;
const MAX_WINDOWS = 20;
const MAX_ID = Number.MAX_SAFE_INTEGER;
const MAX_VERSION = 2_147_483_647;

export class ScheduleDto {
  @Text(MAX_NAME, { example: 'Clean up logs at night' })
  name: string;

  @Field(
    (value, field) => {
      if (typeof value !== 'string' || value.length > MAX_CRON)
        return `${field} must be a text of at most ${MAX_CRON} characters`;
      const problem = cronProblem(value);
      return problem && `${field} ${problem}`;
    },
    { type: String, maxLength: MAX_CRON },
    {
      description:
        'Minute, hour, day of month, month, day of week. A local time that the clock skips is as much later as was skipped; of one that it shows twice only the first counts, but where every hour has slots, both do',
      example: '30 2 * * *',
    },
  )
  cron: string;

  @Field(
    (value, field) =>
      typeof value === 'string' && isTimeZone(value)
        ? null
        : `${field} must be a time zone such as Europe/Berlin`,
    { type: String },
    { description: 'By its name in the IANA database', example: 'Europe/Berlin' },
  )
  time_zone: string;

  @Flag({ required: false, description: 'True where it is left out' })
  enabled?: boolean;

  @OneOf(MISSED_POLICIES, {
    required: false,
    description:
      'What becomes of slots at which nothing was running: nothing (skip, where it is left out), or one run for all of them',
  })
  missed_slots?: MissedPolicy;

  @IdList(MAX_WINDOWS, {
    required: false,
    description:
      'Maintenance windows in which its slots are passed over, as they are while remediation is frozen',
  })
  blackout_window_ids?: number[];

  @Integer(1, MAX_ID, {
    required: false,
    description: 'The runbook, in the version that is the latest at the slot; this or action_type',
  })
  runbook_id?: number;

  @OneOf(ACTION_TYPES, {
    required: false,
    message: 'Invalid action_type',
    description: 'A single action on target_id; this or runbook_id',
    example: 'cleanup_logs',
  })
  action_type?: ActionType;

  @Integer(1, MAX_ID, { required: false, description: 'What the action is done to' })
  target_id?: number;

  @JsonObject({ required: false, description: 'Of the runbook or of the action' })
  parameters?: Record<string, unknown>;

  @OneOf(PRIORITIES, { required: false, description: 'medium where it is left out' })
  priority?: Priority;
}

export class ChangeScheduleDto extends ScheduleDto {
  @Integer(1, MAX_VERSION, {
    required: false,
    description: 'The version you read; with it a change that somebody made meanwhile is not overwritten',
  })
  version?: number;
}

export class DeleteScheduleQuery {
  @QueryInteger(1, MAX_VERSION, { description: 'The version you read' })
  version?: number;
}

/** What a caller asks for, with its defaults. Throws  InvalidSchedule where it has not exactly one thing to do. */
export function scheduleTermsOf(body: ScheduleDto): ScheduleTerms {
  const isOne = (body.runbook_id === undefined) !== (body.action_type === undefined);
  if (!isOne) throw invalid('runbook_id', 'Give either runbook_id or action_type');
  if ((body.action_type === undefined) !== (body.target_id === undefined))
    throw invalid('target_id', 'Give target_id with action_type, and only with it');
  return {
    name: body.name,
    isEnabled: body.enabled ?? true,
    cron: body.cron.trim(),
    timeZone: body.time_zone,
    missedSlots: body.missed_slots ?? 'skip',
    blackoutWindowIds: body.blackout_window_ids ?? [],
    runbookId: body.runbook_id ?? null,
    actionType: body.action_type ?? null,
    targetId: body.target_id ?? null,
    parameters: body.parameters ?? {},
    priority: body.priority ?? 'medium',
  };
}

function invalid(field: string, message: string): InvalidSchedule {
  return new InvalidSchedule(message, [{ field, message }]);
}
