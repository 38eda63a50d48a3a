import type { StepFunction } from '../../telemetry/telemetry.types';

/** The longest name that a label has. */
export const LABEL_NAME_LENGTH = 256;

/** How the values of several series become one. */
export const COMBINATIONS = ['max', 'min', 'mean', 'sum'] as const;
export type Combination = (typeof COMBINATIONS)[number];

export const COMPARISONS = ['<', '<=', '>', '>='] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** From which outcome on what was done is taken back, where something undoes it. */
export const ROLL_BACK_FROM = ['never', 'made_worse', 'no_effect'] as const;
export type RollBackFrom = (typeof ROLL_BACK_FROM)[number];

/** What is measured, as a value a step. */
export interface VerificationQuery {
  /** As Prometheus writes it: `http_requests_total{service="cart"}`. */
  readonly selector: string;
  readonly function: StepFunction;
  readonly stepSeconds: number;
  readonly across: Combination;
}

/** What has to hold of a measurement, and for how long, for an action to have helped. */
export interface VerificationTerms {
  /** Null: the series of the anomaly. */
  readonly query: VerificationQuery | null;
  /** Labels that what is measured has in common with the anomaly. */
  readonly sameLabels: readonly string[];
  readonly op: Comparison;
  readonly threshold: number;
  readonly forSeconds: number;
  readonly timeoutSeconds: number;
  readonly rollBack: RollBackFrom;
}
