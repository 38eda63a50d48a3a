import { ApiProperty } from '@nestjs/swagger';

import { isoText } from '../../common/time/iso-text';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import type { EvidenceOutcome } from '../verification/evidence.entity';
import { type AutonomyDecision, DECISION_OUTCOMES, type DecisionOutcome } from './autonomy-decision.entity';
import type { Judgement } from './autonomy-judge.service';
import type { AutonomyPolicy } from './autonomy-policy.entity';
import type { AutonomySettings } from './autonomy-settings.entity';
import type { AutonomyStatistics } from './autonomy-statistics';
import type { SeenCell } from './autonomy-view.service';
import type { Cell } from './cell';
import type { CellEvidence } from './cell.repository';
import type { Standing } from './ladder';
import { type Level, LEVELS, type Mode, MODES } from './level';
import { type Granter, GRANTERS } from './unattended';

/** How much evidence of a cell an answer shows. */
const SHOWN_EVIDENCE = 20;
const NULLABLE_ID = { type: 'integer', nullable: true } as const;
const COUNTS = { type: 'object', additionalProperties: { type: 'integer' } } as const;
const OUTCOMES = ['verified', 'unverified', 'no_effect', 'made_worse', 'failed', 'revoked'];

export class AutonomySettingsResponse {
  @ApiProperty({ enum: MODES }) mode: Mode;
  @ApiProperty({ type: 'integer' }) wins_for_semi_auto: number;
  @ApiProperty({ type: 'integer' }) wins_for_full_auto: number;
  @ApiProperty({ type: 'integer' }) wins_lost: number;
  @ApiProperty({ enum: LEVELS }) max_level_high_risk: Level;
  @ApiProperty({ type: 'integer', description: 'Send it back as `version` to change them safely' })
  version: number;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: string;

  static from(settings: AutonomySettings): AutonomySettingsResponse {
    return {
      mode: settings.mode,
      wins_for_semi_auto: settings.winsForSemiAuto,
      wins_for_full_auto: settings.winsForFullAuto,
      wins_lost: settings.winsLost,
      max_level_high_risk: settings.maxLevelHighRisk,
      version: settings.version,
      updated_at: isoText(settings.updatedAt),
    };
  }
}

/** An autonomy policy in short. */
export class PolicyInShortResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty({ type: 'integer' }) priority: number;
  @ApiProperty({ enum: LEVELS }) mode: Level;
  @ApiProperty() enabled: boolean;

  static from({ id, name, priority, mode, isEnabled }: AutonomyPolicy): PolicyInShortResponse {
    return { id, name, priority, mode, enabled: isEnabled };
  }
}

class EvidenceResponse {
  @ApiProperty({ ...NULLABLE_ID, description: 'Null where people took trust away' }) action_id: number | null;
  @ApiProperty({ enum: OUTCOMES }) outcome: EvidenceOutcome;
  @ApiProperty({ type: String, format: 'date-time' }) at: string;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'How likely the trouble was to go by itself, from 0 to 1; from 0.5 on it is no win',
  })
  self_recovery: number | null;

  static from({ actionId, outcome, at, selfRecovery }: CellEvidence): EvidenceResponse {
    return { action_id: actionId, outcome, at: isoText(at), self_recovery: selfRecovery };
  }
}

/** What trust is earned for, and how much it is. */
class CellStandingResponse {
  @ApiProperty({ enum: ACTION_TYPES }) action_type: ActionType;
  @ApiProperty({ description: '`runbook:` and its id, or the action type' }) remedy: string;
  @ApiProperty({ example: 'metric:rss_bytes:high' }) anomaly_class: string;
  @ApiProperty() target_group: string;
  @ApiProperty({ enum: LEVELS }) level: Level;
  @ApiProperty({ type: 'integer', description: 'Wins that count now' }) wins: number;
  @ApiProperty({ ...NULLABLE_ID, description: 'Wins missing for the next level; null at the highest' })
  needed: number | null;
}

function standingOf(
  { actionType, remedy, anomalyClass, targetGroup }: Cell,
  { level, wins, missing }: Standing,
): CellStandingResponse {
  return {
    action_type: actionType,
    remedy,
    anomaly_class: anomalyClass,
    target_group: targetGroup,
    level,
    wins,
    needed: missing,
  };
}

export class CellResponse extends CellStandingResponse {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it came to its level; null where it never had another',
  })
  changed_at: string | null;
  @ApiProperty({
    type: [EvidenceResponse],
    description: `The latest ${SHOWN_EVIDENCE} since all trust was last lost, the latest first`,
  })
  evidence: EvidenceResponse[];

  static from({ cell, standing, changedAt, evidence }: SeenCell): CellResponse {
    return {
      ...standingOf(cell, standing),
      changed_at: changedAt && isoText(changedAt),
      evidence: evidence
        .slice(-SHOWN_EVIDENCE)
        .toReversed()
        .map((one) => EvidenceResponse.from(one)),
    };
  }
}

export class RevokedCellResponse extends CellStandingResponse {
  static from(cell: Cell, standing: Standing): RevokedCellResponse {
    return standingOf(cell, standing);
  }
}

class DecisionBasisResponse {
  @ApiProperty() severity: string;
  @ApiProperty() confidence: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Percent; null where it was not asked for or is not known',
  })
  load: number | null;
  @ApiProperty({ type: 'integer' }) wins: number;
  @ApiProperty({ type: [Number], description: 'Actions whose evidence counted, the latest first' })
  evidence: readonly number[];
}

export class DecisionResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ type: String, format: 'date-time' }) at: string;
  @ApiProperty({ type: 'integer' }) action_id: number;
  @ApiProperty({ type: 'integer' }) anomaly_id: number;
  @ApiProperty({ enum: ACTION_TYPES }) action_type: ActionType;
  @ApiProperty() remedy: string;
  @ApiProperty() anomaly_class: string;
  @ApiProperty() target_group: string;
  @ApiProperty({ enum: MODES }) mode: Mode;
  @ApiProperty({ ...NULLABLE_ID, description: 'The autonomy policy that adaptive mode chose' })
  policy_id: number | null;
  @ApiProperty({ enum: LEVELS, description: 'What its cell had earned' }) cell_level: Level;
  @ApiProperty({ enum: LEVELS, description: 'What held of mode, cell and caps' }) level: Level;
  @ApiProperty({ enum: DECISION_OUTCOMES, description: 'begun by itself, or left to people' })
  outcome: DecisionOutcome;
  @ApiProperty({ enum: GRANTERS, nullable: true, description: 'Whose yes let it begin' })
  granted_by: Granter | null;
  @ApiProperty() reason: string;
  @ApiProperty({ type: DecisionBasisResponse }) basis: DecisionBasisResponse;

  static from(row: AutonomyDecision): DecisionResponse {
    return {
      id: row.id,
      at: isoText(row.at),
      action_id: row.actionId,
      anomaly_id: row.anomalyId,
      action_type: row.actionType,
      remedy: row.remedy,
      anomaly_class: row.anomalyClass,
      target_group: row.targetGroup,
      mode: row.mode,
      policy_id: row.policyId,
      cell_level: row.cellLevel,
      level: row.level,
      outcome: row.outcome,
      granted_by: row.grantedBy,
      reason: row.reason,
      basis: row.facts,
    };
  }
}

export class AutonomyStatisticsResponse {
  @ApiProperty({ type: 'integer' }) decisions: number;
  @ApiProperty({ type: 'integer', description: 'Those by which something began by itself' }) begun: number;
  @ApiProperty({ type: 'integer', description: 'Those by which it was left to people' }) left: number;
  @ApiProperty(COUNTS) by_mode: Readonly<Record<string, number>>;
  @ApiProperty({ ...COUNTS, description: 'What began, by whose yes' })
  by_granter: Readonly<Record<string, number>>;
  @ApiProperty({ ...COUNTS, description: 'What became of what began; unknown where it is not known yet' })
  by_outcome: Readonly<Record<string, number>>;
  @ApiProperty({ type: Number, nullable: true, description: 'Of what began and was judged, from 0 to 1' })
  verified_share: number | null;
  @ApiProperty({ type: 'integer' }) promotions: number;
  @ApiProperty({ type: 'integer' }) losses: number;

  static from(statistics: AutonomyStatistics): AutonomyStatisticsResponse {
    return {
      decisions: statistics.decisions,
      begun: statistics.begun,
      left: statistics.left,
      by_mode: statistics.byMode,
      by_granter: statistics.byGranter,
      by_outcome: statistics.byOutcome,
      verified_share: statistics.verifiedShare,
      promotions: statistics.promotions,
      losses: statistics.losses,
    };
  }
}

class PassedOverResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty({ example: 'the load is not known' }) why: string;
}

/** What would happen, and why. */
export class AutonomyEvaluationResponse {
  @ApiProperty({ enum: MODES }) mode: Mode;
  @ApiProperty({ enum: LEVELS, description: 'Of the mode, or of the policy that adaptive mode chose' })
  mode_level: Level;
  @ApiProperty(NULLABLE_ID) policy_id: number | null;
  @ApiProperty({ type: [PassedOverResponse], description: 'Why policies before that one do not fit' })
  passed_over: readonly PassedOverResponse[];
  @ApiProperty({ type: CellStandingResponse }) cell: CellStandingResponse;
  @ApiProperty({ enum: LEVELS, description: 'What holds of mode, cell and caps' }) level: Level;
  @ApiProperty({ type: [String], description: 'What kept it from more' }) capped_by: readonly string[];
  @ApiProperty({ description: 'Whether it would begin by itself' }) begins: boolean;
  @ApiProperty({ enum: GRANTERS, nullable: true }) granted_by: Granter | null;
  @ApiProperty() reason: string;
  @ApiProperty({ type: DecisionBasisResponse }) basis: DecisionBasisResponse;

  static from(cell: Cell, judgement: Judgement): AutonomyEvaluationResponse {
    const { settings, standing, effective, beginning } = judgement;
    return {
      mode: settings.mode,
      mode_level: judgement.modeLevel,
      policy_id: judgement.policyId,
      passed_over: judgement.passedOver,
      cell: standingOf(cell, standing),
      level: effective.level,
      capped_by: effective.cappedBy,
      begins: beginning.begins,
      granted_by: beginning.grantedBy,
      reason: beginning.reason,
      basis: judgement.basis,
    };
  }
}
