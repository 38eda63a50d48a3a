import type { ActionType } from '../actions/action-type';
import type { Priority } from '../actions/priority';
import type { RenderedStep } from '../runbooks/render';
import type { VerificationTerms } from '../verification/verification-terms';
import type { AnomalyFacts } from './anomaly-facts';
import type { Decision } from './decision';
import type { Issue } from './engine';
import type { TargetResolution } from './target-resolver.port';

/** A rule that was looked at. */
export interface RuleVerdict {
  readonly ruleId: number;
  readonly ruleName: string;
  readonly runbookId: number | null;
  readonly actionType: ActionType | null;
  readonly isMatched: boolean;
  readonly why: string;
}

/** The version of a runbook that a remedy follows. */
export interface ChosenRunbook {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly versionId: number;
  readonly sha256: string;
}

/** A step with what it would be done to. */
export interface ChosenStep extends RenderedStep {
  readonly resolution: TargetResolution;
  /** What policies and limits say of it now. */
  readonly decision: Decision;
}

/** What a rule asks for, ready to be proposed. */
export interface Remedy {
  readonly ruleId: number;
  readonly ruleName: string;
  readonly priority: Priority;
  readonly cooldownSeconds: number | null;
  /** What shows that it has helped: what the rule says, else its runbook. */
  readonly verify: VerificationTerms | null;
  /** Why the rule was chosen, in words. */
  readonly reason: string;
  /** Null where the rule asks for a single action, which is then the only step. */
  readonly runbook: ChosenRunbook | null;
  readonly steps: readonly ChosenStep[];
}

/** A rule that was chosen, and whose remedy cannot be made. */
export interface BlockedRemedy {
  readonly ruleId: number;
  readonly ruleName: string;
  readonly why: string;
}

/** What an anomaly calls for, and why. */
export interface Choice {
  readonly facts: AnomalyFacts;
  /** What the contract says of the severity alone. */
  readonly needsRemediation: boolean;
  readonly issues: readonly Issue[];
  readonly candidates: readonly RuleVerdict[];
  readonly remedies: readonly Remedy[];
  readonly blocked: readonly BlockedRemedy[];
}

/** What came of looking, in the contract's words. */
export const CHOICE_RESULTS = ['success', 'blocked', 'no_actions'] as const;
export type ChoiceResult = (typeof CHOICE_RESULTS)[number];

/** `blocked` only where nothing is left of what was chosen. */
export function resultOf({ remedies, blocked }: Pick<Choice, 'remedies' | 'blocked'>): ChoiceResult {
  if (remedies.length > 0) return 'success';
  return blocked.length > 0 ? 'blocked' : 'no_actions';
}
