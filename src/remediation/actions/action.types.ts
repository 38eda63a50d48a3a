import type { VerificationTerms } from '../verification/verification-terms';
import type { PlannedStep } from './action-plan';
import type { ActionType } from './action-type';
import type { Priority } from './priority';

/** Who thought of it: people, a rule, a failed action whose steps are taken back, or a schedule. */
export const ORIGINS = ['manual', 'rule', 'rollback', 'schedule'] as const;
export type Origin = (typeof ORIGINS)[number];

/** An action that somebody asks for, validated. */
export interface NewAction {
  readonly anomalyId: number | null;
  readonly actionType: ActionType;
  readonly actionName: string;
  readonly description: string;
  readonly priority: Priority;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What it is to be done to; null leaves it to the labels of its anomaly. */
  readonly targetId: number | null;
  readonly origin: Origin;
  /** The action whose step it takes back. */
  readonly rollbackOf?: number;
  readonly ruleId: number | null;
  /** Its place among what the rules chose for its anomaly, and how likely it then was to help. */
  readonly rank?: number;
  readonly expectedSuccess?: number;
  /** What shows that it helped; the catalogue and the anomaly where it is left out. */
  readonly verify?: VerificationTerms | null;
  /** The person behind it, where the product itself proposes in somebody's stead: who may not approve it. */
  readonly onBehalfOf?: number | null;
  /** The steps of a runbook, rendered; null where the action is its own one step. */
  readonly runbook: { readonly versionId: number; readonly steps: readonly RunbookStep[] } | null;
}

/** A step as a runbook has it once its placeholders are filled in. */
export type RunbookStep = Omit<PlannedStep, 'target'> & { readonly targetId: number | null };

/** What may be edited before it begins. */
export interface ActionEdit {
  readonly actionName?: string;
  readonly description?: string;
  readonly priority?: Priority;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly verify?: VerificationTerms | null;
}

/** Which actions a list shows; all conditions hold together. An unknown word matches nothing. */
export interface ActionFilter {
  readonly status?: string;
  readonly actionType?: string;
  readonly priority?: string;
  readonly anomalyId?: number;
  readonly outcome?: string;
}
