import type { ActionType } from '../actions/action-type';
import type { Parameters, ParameterSchema } from './parameter-schema';

/** How bad it can get. */
export const RISKS = ['low', 'medium', 'high'] as const;
export type Risk = (typeof RISKS)[number];

/** How much an action touches, at most, as far as its parameters say. */
export interface BlastRadius {
  readonly count: number;
  readonly unit: 'instance' | 'service' | 'setting' | 'file_system';
  /** How much of what its target has goes at once; left out where the parameters do not say, and the settings of the target decide. */
  readonly percent?: number;
  readonly text: string;
}

/** What has to hold of a metric, and for how long, for the action to have helped. */
export interface Verification {
  readonly metric: string;
  readonly op: '<' | '<=' | '>' | '>=';
  readonly threshold: number;
  readonly forSeconds: number;
  readonly timeoutSeconds: number;
}

/** What undoes an action. */
export interface Rollback {
  readonly type: ActionType;
  /**
   * Its parameters, from those of the action and what its executor saw before it acted (`replicas`, `revision`, `value`); null where
   * neither says how it was.
   */
  readonly parameters: (parameters: Parameters, before: Parameters) => Parameters | null;
}

export interface CatalogueEntry {
  readonly description: string;
  readonly parameters: ParameterSchema;
  readonly risk: Risk;
  /** Doing it twice is doing it once, whatever its parameters. What is not declared so is never sent again by itself. */
  readonly isIdempotent: boolean;
  /** What one attempt may take, at most MAX_TIMEOUT_SECONDS. */
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly blastRadius: (parameters: Parameters) => BlastRadius;
  readonly rollback: Rollback | null;
  /** What shows that it helped, where nobody declares it: a condition on its target, the anomaly's own end, or nothing since it is to end nothing. */
  readonly verification: Verification | 'anomaly' | 'nothing';
}
