import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import {
  Field,
  type FieldOptions,
  Flag,
  Integer,
  JsonObject,
  OneOf,
  QueryInteger,
  Text,
} from '../../common/validation/fields';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { PRIORITIES, type Priority } from '../actions/priority';
import { Verify } from '../verification/verify.dto';
import { type Issue, ISSUES } from './engine';

const MAX_NAME_LENGTH = 100;
const MAX_POSITION = 1_000_000;
const MAX_LIST = 30;
const MAX_MATCHER_LENGTH = 2_500;
const MAX_SOURCE_LENGTH = 100;
const MAX_GLOB_LENGTH = 256;
const MAX_ID = Number.MAX_SAFE_INTEGER;
const MAX_VERSION = 2_147_483_647;
const DAY_SECONDS = 86_400;

/** A list of texts that may be empty. */
function Texts(maxLength: number, options: FieldOptions): PropertyDecorator {
  return Field(
    (value, field) =>
      Array.isArray(value) &&
      value.length <= MAX_LIST &&
      value.every((text) => typeof text === 'string' && text !== '' && text.length <= maxLength)
        ? null
        : `${field} must be a list of at most ${MAX_LIST} texts of at most ${maxLength} characters`,
    { type: 'array', items: { type: 'string', maxLength }, maxItems: MAX_LIST },
    { required: false, ...options },
  );
}

export class RuleDto {
  @Text(MAX_NAME_LENGTH, { example: 'Checkout is slow: scale up' })
  name: string;

  @Integer(0, MAX_POSITION, {
    required: false,
    description:
      'Rules are looked at from the lowest on; the shipped ones begin at 1000. 100 where it is left out',
    example: 100,
  })
  position?: number;

  @Flag({ required: false, description: 'True where it is left out' })
  enabled?: boolean;

  @Flag({
    required: false,
    description: 'Whether the rules after it are looked at where it matches; false where it is left out',
  })
  continues?: boolean;

  @OneOf(SEVERITIES, { required: false, description: 'The least; low where it is left out' })
  min_severity?: Severity;

  @OneOf(SEVERITIES, { required: false, description: 'The greatest; critical where it is left out' })
  max_severity?: Severity;

  @Texts(MAX_SOURCE_LENGTH, { description: 'One of them; any where it is empty', example: ['ml_model'] })
  sources?: string[];

  @Texts(MAX_MATCHER_LENGTH, {
    description: 'Conditions on labels as Alertmanager writes them; all must hold',
    example: ['service="checkout"'],
  })
  matchers?: string[];

  @Text(MAX_GLOB_LENGTH, {
    required: false,
    description: 'The metric’s name, with * for any text and ? for one character',
    example: 'http_request_duration_*',
  })
  series?: string;

  @Field(
    (value, field) =>
      Array.isArray(value) &&
      value.length <= ISSUES.length &&
      value.every((issue) => ISSUES.includes(issue as Issue))
        ? null
        : `${field} must be a list of: ${ISSUES.join(', ')}`,
    { type: 'array', items: { type: 'string', enum: [...ISSUES] }, maxItems: ISSUES.length },
    { required: false, description: 'What the metrics show by the contract’s thresholds; one is enough' },
  )
  issues?: Issue[];

  @Integer(1, MAX_ID, {
    required: false,
    description: 'The runbook, in its latest version; this or action_type',
  })
  runbook_id?: number;

  @OneOf(ACTION_TYPES, {
    required: false,
    message: 'Invalid action_type',
    description: 'A single action on the bound target; this or runbook_id',
    example: 'scale_up',
  })
  action_type?: ActionType;

  @JsonObject({
    required: false,
    description: 'Of the runbook or of the action; values may hold {{ anomaly.… }} and {{ target.name }}',
    example: { by: 1 },
  })
  parameters?: Record<string, unknown>;

  @OneOf(PRIORITIES, { required: false, description: 'medium where it is left out' })
  priority?: Priority;

  @Integer(0, 7 * DAY_SECONDS, {
    required: false,
    description: 'How long it is not chosen again for the same target',
  })
  cooldown_seconds?: number;

  @Verify()
  verify?: object;
}

export class ChangeRuleDto extends RuleDto {
  @Integer(1, MAX_VERSION, {
    required: false,
    description: 'The version you read; with it a change that somebody made meanwhile is not overwritten',
  })
  version?: number;
}

export class DeleteRuleQuery {
  @QueryInteger(1, MAX_VERSION, { description: 'The version you read' })
  version?: number;
}
