import { ApiProperty } from '@nestjs/swagger';

import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import { InvalidInput } from '../../common/errors/domain-error';
import { isoText } from '../../common/time/iso-text';
import { type Recurrence, type Weekday, WEEKDAYS } from '../../common/time/recurrence';
import {
  Field,
  type FieldOptions,
  Flag,
  Integer,
  OneOf,
  QueryInteger,
  Text,
  TimeZone,
  UnitInterval,
} from '../../common/validation/fields';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { TargetGroups } from '../targets/target-groups.dto';
import type { AutonomyPolicy } from './autonomy-policy.entity';
import type { PolicyTerms } from './autonomy-policy.repository';
import { type Level, LEVELS } from './level';

const MAX_NAME = 100;
const MAX_PRIORITY = 1_000_000;
const MAX_VERSION = 2_147_483_647;
const DAY_MINUTES = 1_440;
const TIME_OF_DAY = '^([01]\\d|2[0-3]):[0-5]\\d$';
const WINDOW = ['weekdays', 'start_time', 'duration_minutes', 'time_zone'] as const;

/** Some of a closed set of words; none of them is any. */
function SomeOf(words: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return Field(
    (value, field) =>
      Array.isArray(value) &&
      new Set(value).size === value.length &&
      value.every((word) => words.includes(word as string))
        ? null
        : `${field} must be a list of different ones of: ${words.join(', ')}`,
    { type: 'array', items: { type: 'string', enum: [...words] }, maxItems: words.length },
    { required: false, description: 'Any where it is left out', ...options },
  );
}

export class AutonomyPolicyDto {
  @Text(MAX_NAME, { example: 'Critical at night' })
  name: string;

  @Integer(0, MAX_PRIORITY, { description: 'The lowest that fits wins', example: 1 })
  priority: number;

  @OneOf(LEVELS, { description: 'How much the product may do by itself where it fits', example: 'full_auto' })
  mode: Level;

  @Flag({ required: false, description: 'True where it is left out' })
  enabled?: boolean;

  @SomeOf(SEVERITIES)
  severities?: Severity[];

  @UnitInterval({
    required: false,
    description: 'The least confidence of the anomaly; 0 where it is left out',
  })
  min_confidence?: number;

  @Field(
    (value, field) =>
      typeof value === 'number' && value >= 0 && value <= 100 ? null : `${field} must be between 0 and 100`,
    { type: Number, minimum: 0, maximum: 100 },
    {
      required: false,
      description: 'The greatest load of the processors, in percent; one that nobody knows does not fit',
      example: 90,
    },
  )
  max_load?: number;

  @SomeOf(WEEKDAYS, {
    description: 'Of a time window: the local days on which it begins; its four members go together',
  })
  weekdays?: Weekday[];

  @Field(
    (value, field) =>
      typeof value === 'string' && new RegExp(TIME_OF_DAY).test(value)
        ? null
        : `${field} must be a time of day such as 22:30`,
    { type: String, pattern: TIME_OF_DAY },
    { required: false, description: 'Of a time window: by the clock of its time zone', example: '22:30' },
  )
  start_time?: string;

  @Integer(1, DAY_MINUTES, { required: false, description: 'Of a time window: as the local clock counts' })
  duration_minutes?: number;

  @TimeZone({
    required: false,
    description: 'Of a time window: by its name in the IANA database',
  })
  time_zone?: string;

  @SomeOf(ACTION_TYPES, { description: 'What every step has to be one of; any where it is left out' })
  action_types?: ActionType[];

  @TargetGroups('Groups of targets, or names of those that are of none; any where it is left out')
  target_groups?: string[];
}

export class ChangeAutonomyPolicyDto extends AutonomyPolicyDto {
  @Integer(1, MAX_VERSION, {
    required: false,
    description: 'The version you read; with it a change that somebody made meanwhile is not overwritten',
  })
  version?: number;
}

export class DeleteAutonomyPolicyQuery {
  @QueryInteger(1, MAX_VERSION, { description: 'The version you read' })
  version?: number;
}

/** What a caller states, with its defaults. Throws  InvalidInput where a time window is not whole. */
export function policyTermsOf(body: AutonomyPolicyDto): PolicyTerms {
  return {
    name: body.name,
    priority: body.priority,
    mode: body.mode,
    isEnabled: body.enabled ?? true,
    severities: body.severities ?? [],
    minConfidence: body.min_confidence ?? 0,
    maxLoad: body.max_load ?? null,
    timeWindow: timeWindowOf(body),
    actionTypes: body.action_types ?? [],
    targetGroups: body.target_groups ?? [],
  };
}

function timeWindowOf(body: AutonomyPolicyDto): Recurrence | null {
  const missing = WINDOW.filter((member) => body[member] === undefined || body[member] === null);
  if (missing.length === WINDOW.length) return null;
  if (missing.length > 0)
    throw new InvalidInput(`A time window has ${WINDOW.join(', ')}; missing: ${missing.join(', ')}`);
  const {
    weekdays = [],
    start_time: startTime = '',
    duration_minutes: durationMinutes = 0,
    time_zone: timeZone = '',
  } = body;
  if (weekdays.length === 0) throw new InvalidInput('A time window begins on at least one of the weekdays');
  return { weekdays, startTime, durationMinutes, timeZone };
}

export class AutonomyPolicyResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty({ type: 'integer', description: 'The lowest that fits wins' }) priority: number;
  @ApiProperty({ enum: LEVELS }) mode: Level;
  @ApiProperty() enabled: boolean;
  @ApiProperty({ enum: SEVERITIES, isArray: true }) severities: readonly Severity[];
  @ApiProperty() min_confidence: number;
  @ApiProperty({ type: Number, nullable: true }) max_load: number | null;
  @ApiProperty({ enum: WEEKDAYS, isArray: true, nullable: true }) weekdays: readonly Weekday[] | null;
  @ApiProperty({ type: String, nullable: true }) start_time: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) duration_minutes: number | null;
  @ApiProperty({ type: String, nullable: true }) time_zone: string | null;
  @ApiProperty({ enum: ACTION_TYPES, isArray: true }) action_types: readonly ActionType[];
  @ApiProperty({ type: [String] }) target_groups: readonly string[];
  @ApiProperty({ type: 'integer', description: 'Send it back as `version` to change it safely' })
  version: number;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: string;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: string;

  static from(policy: AutonomyPolicy): AutonomyPolicyResponse {
    const { timeWindow } = policy;
    return {
      id: policy.id,
      name: policy.name,
      priority: policy.priority,
      mode: policy.mode,
      enabled: policy.isEnabled,
      severities: policy.severities,
      min_confidence: policy.minConfidence,
      max_load: policy.maxLoad,
      weekdays: timeWindow?.weekdays ?? null,
      start_time: timeWindow?.startTime ?? null,
      duration_minutes: timeWindow?.durationMinutes ?? null,
      time_zone: timeWindow?.timeZone ?? null,
      action_types: policy.actionTypes,
      target_groups: policy.targetGroups,
      version: policy.version,
      created_by: policy.createdBy,
      created_at: isoText(policy.createdAt),
      updated_at: isoText(policy.updatedAt),
    };
  }
}
