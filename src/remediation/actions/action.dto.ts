import { DomainError, FieldError, InvalidInput } from '../../common/errors/domain-error';
import { PageQuery } from '../../common/http/pagination';
import { OptionalBody, toDto } from '../../common/http/validation.pipe';
import {
  Field,
  Instant,
  Integer,
  JsonObject,
  OneOf,
  QueryInteger,
  Text,
} from '../../common/validation/fields';
import { verificationTermsOf, Verify } from '../verification/verify.dto';
import type { ActionFilter, NewAction } from './action.types';
import { ACTION_TYPES, type ActionType } from './action-type';
import { PRIORITIES, type Priority } from './priority';

const NAME = 100;
const DESCRIPTION = 10_000;
const REASON = 1_000;
const BATCH = 100;
const ID = Number.MAX_SAFE_INTEGER;

/** Required fields first, in the contract's order; then the rest. */
export class CreateActionDto {
  @OneOf(ACTION_TYPES, { message: 'Invalid action_type', example: 'restart_service' })
  action_type: ActionType;

  @Text(NAME, { example: 'Restart the cart service' })
  action_name: string;

  @Text(DESCRIPTION, { example: 'Its memory has grown for an hour' })
  description: string;

  @Integer(1, ID, { required: false, description: 'The anomaly that it is to remedy; it must exist' })
  anomaly_id?: number;

  @OneOf(PRIORITIES, { required: false, description: 'Default medium' })
  priority?: Priority;

  @JsonObject({
    required: false,
    description: 'As the catalogue has them (available-actions); others are handed on unread',
  })
  parameters?: Record<string, unknown>;

  @Integer(1, ID, {
    required: false,
    description: 'What it is done to; where it is left out, the target whose labels the anomaly has',
  })
  target_id?: number;

  @Verify()
  verify?: object;
}

export class UpdateActionDto {
  @Text(NAME, { required: false })
  action_name?: string;

  @Text(DESCRIPTION, { required: false })
  description?: string;

  @OneOf(PRIORITIES, { required: false })
  priority?: Priority;

  @JsonObject({ required: false })
  parameters?: Record<string, unknown>;

  @Verify()
  verify?: object;

  @Integer(1, 2_147_483_647, {
    required: false,
    description: 'The version you read; 409 when it is no longer the latest',
  })
  version?: number;
}

@OptionalBody()
export class ExecuteDto {
  @Text(REASON, { required: false })
  reason?: string;

  @OneOf(PRIORITIES, { required: false })
  priority?: Priority;
}

export class ScheduleActionDto {
  @Instant({ description: 'When it begins; in the future, by the clock of the database' })
  scheduled_at: string;
}

@OptionalBody()
export class ApproveDto {
  @Text(64, {
    required: false,
    description: 'The plan that you saw (`plan_hash`); 409 when it is no longer that',
  })
  plan_hash?: string;

  @Text(REASON, { required: false })
  comment?: string;
}

@OptionalBody()
export class RejectDto {
  @Text(REASON, { required: false })
  reason?: string;
}

export class ReconcileDto {
  @OneOf(['succeeded', 'failed'], { description: 'What you found out: whether it was done' })
  end: 'succeeded' | 'failed';

  @Text(REASON, { required: false })
  note?: string;
}

export class ActionFilterQuery extends PageQuery {
  @Text(20, { required: false, description: 'An unknown value matches nothing' })
  status?: string;

  @Text(50, { required: false, description: 'An unknown value matches nothing' })
  action_type?: string;

  @Text(20, { required: false, description: 'An unknown value matches nothing' })
  priority?: string;

  @QueryInteger(1, ID)
  anomaly_id?: number;

  @Text(20, { required: false, description: 'Whether it has helped. An unknown value matches nothing' })
  outcome?: string;
}

export class ExportActionsQuery extends ActionFilterQuery {
  @OneOf(['csv', 'json'], { required: false, description: 'Default csv' })
  format?: 'csv' | 'json';
}

export class ActionBatchDto {
  @Field(
    (value) => {
      if (!Array.isArray(value)) return 'Actions must be a list';
      if (value.length === 0) return 'No actions provided';
      return value.length > BATCH ? `At most ${BATCH} actions in a batch` : null;
    },
    { type: [CreateActionDto], maxItems: BATCH, description: 'All are created, or none' },
    { requiredMessage: 'No actions provided' },
  )
  actions: object[];
}

/** An action that is asked for, with the contract's defaults. */
export function newActionOf(body: CreateActionDto): NewAction {
  return {
    anomalyId: body.anomaly_id ?? null,
    actionType: body.action_type,
    actionName: body.action_name,
    description: body.description,
    priority: body.priority ?? 'medium',
    parameters: body.parameters ?? {},
    targetId: body.target_id ?? null,
    verify: verificationTermsOf(body.verify),
    origin: 'manual',
    ruleId: null,
    runbook: null,
  };
}

/** Every item of a batch, or none. Throws  InvalidInput naming each broken rule by its place in the list. */
export function newActionsOf(items: readonly unknown[]): NewAction[] {
  const errors: FieldError[] = [];
  const actions = items.map((item, index) => {
    try {
      if (typeof item !== 'object' || item === null || Array.isArray(item))
        throw new InvalidInput('an action must be an object');
      return newActionOf(toDto(CreateActionDto, item));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const broken = error.errors ?? [{ field: '', message: error.message }];
      errors.push(
        ...broken.map(({ field, message }) => ({
          field: `actions[${index}]${field && `.${field}`}`,
          message,
        })),
      );
      return null;
    }
  });
  if (errors.length > 0) throw new InvalidInput('Invalid action in batch', errors);
  return actions.filter((action) => action !== null);
}

export function actionFilterOf(query: ActionFilterQuery): ActionFilter {
  return {
    status: query.status,
    actionType: query.action_type,
    priority: query.priority,
    anomalyId: query.anomaly_id,
    outcome: query.outcome,
  };
}
