import { PageQuery } from '../../common/http/pagination';
import { Integer, JsonObject, OneOf, QueryInteger, Text } from '../../common/validation/fields';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { DECISION_OUTCOMES, type DecisionOutcome } from './autonomy-decision.entity';
import type { SettingsEdit } from './autonomy-settings.service';
import { type Level, LEVELS, type Mode, MODES } from './level';

const MAX_WINS = 1_000;
const MAX_ID = Number.MAX_SAFE_INTEGER;
const MAX_VERSION = 2_147_483_647;
const MAX_CLASS = 2_500;
const MAX_GROUP = 100;
const MAX_DAYS = 3_650;

export class UpdateAutonomySettingsDto {
  @OneOf(MODES, {
    required: false,
    description:
      'manual: people begin everything; semi_auto: what was approved begins by itself where that is earned; full_auto: what the product proposed as well; adaptive: policies say which',
  })
  mode?: Mode;

  @Integer(1, MAX_WINS, { required: false, description: 'Verified wins that take a cell to semi_auto' })
  wins_for_semi_auto?: number;

  @Integer(1, MAX_WINS, { required: false, description: 'Verified wins that take a cell to full_auto' })
  wins_for_full_auto?: number;

  @Integer(1, MAX_WINS, {
    required: false,
    description: 'Wins that an action without effect costs its cell, and one that failed',
  })
  wins_lost?: number;

  @OneOf(LEVELS, {
    required: false,
    description: 'The most that what is of high risk may reach, whatever it has earned',
  })
  max_level_high_risk?: Level;

  @Integer(1, MAX_VERSION, {
    required: false,
    description: 'The version you read; 409 when it is no longer the latest',
  })
  version?: number;
}

/** What of the body is an edit. */
export function settingsEditOf(body: UpdateAutonomySettingsDto): SettingsEdit {
  return {
    mode: body.mode,
    winsForSemiAuto: body.wins_for_semi_auto,
    winsForFullAuto: body.wins_for_full_auto,
    winsLost: body.wins_lost,
    maxLevelHighRisk: body.max_level_high_risk,
  };
}

export class CellQuery extends PageQuery {
  @Text(MAX_GROUP, { required: false, description: 'Cells of this action type' })
  action_type?: string;

  @Text(MAX_CLASS, { required: false, description: 'Cells of this class of anomalies' })
  anomaly_class?: string;

  @Text(MAX_GROUP, { required: false, description: 'Cells of this group of targets' })
  target_group?: string;
}

export class DecisionQuery extends PageQuery {
  @OneOf(DECISION_OUTCOMES, { required: false })
  outcome?: DecisionOutcome;

  @QueryInteger(1, MAX_ID)
  action_id?: number;

  @QueryInteger(1, MAX_ID)
  anomaly_id?: number;
}

export class StatisticsQuery {
  @QueryInteger(1, MAX_DAYS, { description: 'Of the last so many days; 30 where it is left out' })
  days?: number;
}

export class RevokeDto {
  @OneOf(ACTION_TYPES, { message: 'Invalid action_type' })
  action_type: ActionType;

  @Text(MAX_CLASS, { example: 'metric:rss_bytes:high' })
  anomaly_class: string;

  @Text(MAX_GROUP, {
    description: 'The group of the target, or its name where it is of none',
    example: 'shop',
  })
  target_group: string;

  @Text(MAX_GROUP, {
    required: false,
    description: '`runbook:` and its id; the action type where it is left out',
    example: 'runbook:7',
  })
  remedy?: string;

  @Text(1_000, { example: 'The service was rebuilt; what was learnt of it is no longer true' })
  reason: string;
}

export class EvaluateAutonomyDto {
  @Integer(1, MAX_ID, {
    required: false,
    description: 'An action that is there; this, or anomaly_id with action_type',
  })
  action_id?: number;

  @Integer(1, MAX_ID, { required: false })
  anomaly_id?: number;

  @OneOf(ACTION_TYPES, { required: false, message: 'Invalid action_type' })
  action_type?: ActionType;

  @Integer(1, MAX_ID, { required: false, description: 'The one bound to the anomaly where it is left out' })
  target_id?: number;

  @JsonObject({ required: false, description: 'Of the action' })
  parameters?: Record<string, unknown>;
}
