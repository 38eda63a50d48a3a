import { Flag, IdList, Integer, JsonObject, OneOf, QueryInteger, Text } from '../../common/validation/fields';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { PRIORITIES, type Priority } from '../actions/priority';
import { MISSED_POLICIES, type MissedPolicy } from './due-slot';
import { invalidSchedule } from './schedule.errors';
import type { ScheduleTerms } from './schedule.repository';
import { SlotsDto, slotTermsOf } from './slots.dto';

const MAX_NAME = 100;
const MAX_WINDOWS = 20;
const MAX_ID = Number.MAX_SAFE_INTEGER;
const MAX_VERSION = 2_147_483_647;

export class ScheduleDto extends SlotsDto {
  @Text(MAX_NAME, { example: 'Clean up logs at night' })
  name: string;

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

/** What a caller asks for, with its defaults. Throws  InvalidSchedule where it has not exactly one thing to do, at slots of one kind. */
export function scheduleTermsOf(body: ScheduleDto): ScheduleTerms {
  const isOne = (body.runbook_id === undefined) !== (body.action_type === undefined);
  if (!isOne) throw invalidSchedule('runbook_id', 'Give either runbook_id or action_type');
  if ((body.action_type === undefined) !== (body.target_id === undefined))
    throw invalidSchedule('target_id', 'Give target_id with action_type, and only with it');
  return {
    name: body.name,
    isEnabled: body.enabled ?? true,
    ...slotTermsOf(body),
    missedSlots: body.missed_slots ?? 'skip',
    blackoutWindowIds: body.blackout_window_ids ?? [],
    runbookId: body.runbook_id ?? null,
    actionType: body.action_type ?? null,
    targetId: body.target_id ?? null,
    parameters: body.parameters ?? {},
    priority: body.priority ?? 'medium',
  };
}
