import { ApiProperty } from '@nestjs/swagger';

import { SEVERITIES } from '../../anomaly/anomaly.types';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { PRIORITIES, type Priority } from '../actions/priority';
import type { RankedRemedy } from '../learning/remedy-ranking.service';
import { ALPHA } from '../learning/thompson';
import { FAILURE_POLICIES, type FailurePolicy } from '../runbooks/runbook-definition';
import { entryOf, type Risk, RISKS } from './catalogue';
import {
  type Choice,
  CHOICE_RESULTS,
  type ChoiceResult,
  type ChosenStep,
  type Remedy,
  resultOf,
} from './choice';
import { type Verdict, VERDICTS } from './decision';
import { type Issue, ISSUES, type JudgedSeverity } from './engine';
import type { Parameters } from './parameter-schema';

class CandidateResponse {
  @ApiProperty({ type: 'integer' }) rule_id: number;
  @ApiProperty() rule: string;
  @ApiProperty({ type: 'integer', nullable: true }) runbook_id: number | null;
  @ApiProperty({ enum: ACTION_TYPES, nullable: true }) action_type: ActionType | null;
  @ApiProperty() matched: boolean;
  @ApiProperty({ example: 'severity is high; high_cpu_usage is seen' }) why: string;
}

class ChosenRunbookResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty() sha256: string;
}

class ChosenResponse {
  @ApiProperty({ type: 'integer' }) rule_id: number;
  @ApiProperty() rule: string;
  @ApiProperty({
    type: ChosenRunbookResponse,
    nullable: true,
    description: 'Null where it is a single action',
  })
  runbook: ChosenRunbookResponse | null;
  @ApiProperty({ type: 'integer', description: 'Its place in what is proposed; 1 goes first' }) rank: number;
  @ApiProperty({
    minimum: 0,
    maximum: 1,
    description: 'How likely it is to help beyond what goes by itself, by what was verified of it',
  })
  expected_success: number;
  @ApiProperty({ description: '95 % interval (credible)' }) lower: number;
  @ApiProperty() upper: number;
  @ApiProperty({ example: '8 of 10 verified on metric:rss_bytes:high' }) why: string;
}

class EvaluatedTargetResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty() kind: string;
}

class EvaluatedActionResponse {
  @ApiProperty({ type: 'integer', description: 'The rule that asks for it' }) rule_id: number;
  @ApiProperty({ description: 'The step of its runbook, or the action' }) step: string;
  @ApiProperty({ enum: ACTION_TYPES }) action_type: ActionType;
  @ApiProperty({ enum: PRIORITIES }) priority: Priority;
  @ApiProperty({ type: 'object', additionalProperties: true }) parameters: Parameters;
  @ApiProperty({ enum: RISKS }) risk: Risk;
  @ApiProperty({ enum: VERDICTS, description: 'What policies and limits say of it now' }) verdict: Verdict;
  @ApiProperty({ description: 'False only where a policy lets it run without' }) requires_approval: boolean;
  @ApiProperty({ type: [String], description: 'Why it is allowed, asked about or denied' })
  verdict_reasons: readonly string[];
  @ApiProperty({ example: 'severity is high; high_cpu_usage is seen' }) reason: string;
  @ApiProperty({ type: EvaluatedTargetResponse, nullable: true }) target: EvaluatedTargetResponse | null;
  @ApiProperty({ description: 'Why this target, or why none' }) target_reason: string;
  @ApiProperty({ description: 'What it touches, at most' }) blast_radius: string;
  @ApiProperty({ type: 'integer' }) timeout_seconds: number;
  @ApiProperty({ type: 'integer' }) retries: number;
  @ApiProperty() is_idempotent: boolean;
  @ApiProperty({ enum: FAILURE_POLICIES }) on_failure: FailurePolicy;
}

class BlockedResponse {
  @ApiProperty({ type: 'integer' }) rule_id: number;
  @ApiProperty() rule: string;
  @ApiProperty({ example: '{{ anomaly.labels.pod }} has no value' }) why: string;
}

/** What would be chosen for an anomaly, and why. */
export class EvaluationResponse {
  @ApiProperty({ description: 'What the contract says of the severity alone; rules may act below it' })
  needs_remediation: boolean;
  @ApiProperty({ enum: [...SEVERITIES, 'normal'] }) severity: JudgedSeverity;
  @ApiProperty({ enum: ISSUES, isArray: true }) issues: readonly Issue[];
  @ApiProperty({ enum: CHOICE_RESULTS, description: 'Whether anything is left to propose' })
  result: ChoiceResult;
  @ApiProperty({ type: [CandidateResponse], description: 'Every rule, in their order' })
  candidates: CandidateResponse[];
  @ApiProperty({ type: [ChosenResponse], description: 'In the order in which they are proposed' })
  chosen: ChosenResponse[];
  @ApiProperty({
    example: ALPHA,
    description:
      'How much of what the order of the rules would earn may be spent on learning; else that order is kept',
  })
  alpha: number;
  @ApiProperty({ type: [EvaluatedActionResponse], description: 'Every step of what is chosen' })
  actions: EvaluatedActionResponse[];
  @ApiProperty({ type: [BlockedResponse], description: 'Chosen, and cannot be done' })
  blocked: BlockedResponse[];

  static from(choice: Choice, ranked: readonly RankedRemedy[]): EvaluationResponse {
    return {
      needs_remediation: choice.needsRemediation,
      severity: choice.facts.severity,
      issues: choice.issues,
      result: resultOf(choice),
      candidates: choice.candidates.map(({ ruleId, ruleName, runbookId, actionType, isMatched, why }) => ({
        rule_id: ruleId,
        rule: ruleName,
        runbook_id: runbookId,
        action_type: actionType,
        matched: isMatched,
        why,
      })),
      chosen: ranked.map(({ remedy: { ruleId, ruleName, runbook }, standing }) => ({
        rule_id: ruleId,
        rule: ruleName,
        runbook: runbook && {
          id: runbook.id,
          name: runbook.name,
          version: runbook.version,
          sha256: runbook.sha256,
        },
        rank: standing.rank,
        expected_success: standing.expectedSuccess,
        lower: standing.lower,
        upper: standing.upper,
        why: standing.why,
      })),
      alpha: ALPHA,
      actions: ranked.flatMap(({ remedy }) => remedy.steps.map((step) => actionOf(remedy, step))),
      blocked: choice.blocked.map(({ ruleId, ruleName, why }) => ({ rule_id: ruleId, rule: ruleName, why })),
    };
  }
}

function actionOf({ ruleId, priority, reason }: Remedy, step: ChosenStep): EvaluatedActionResponse {
  const { risk, blastRadius } = entryOf(step.action);
  const { target, why } = step.resolution;
  return {
    rule_id: ruleId,
    step: step.name,
    action_type: step.action,
    priority,
    parameters: step.parameters,
    risk,
    verdict: step.decision.verdict,
    requires_approval: step.decision.verdict !== 'allow',
    verdict_reasons: step.decision.reasons,
    reason,
    target: target && { id: target.id, name: target.name, kind: target.kind },
    target_reason: why,
    blast_radius: blastRadius(step.parameters).text,
    timeout_seconds: step.timeoutSeconds,
    retries: step.retries,
    is_idempotent: step.isIdempotent,
    on_failure: step.onFailure,
  };
}
