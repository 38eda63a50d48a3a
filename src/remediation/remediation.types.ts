import type { ActionStatus } from './actions/action-lifecycle';
import type { ActionType } from './actions/action-type';

/** An action as other domains see it. */
export interface ActionView {
  readonly id: number;
  readonly anomalyId: number | null;
  readonly type: ActionType;
  readonly name: string;
  readonly description: string;
  readonly status: ActionStatus;
  readonly priority: string;
  readonly risk: string;
  readonly requestedBy: string;
  readonly approvalsRequired: number;
  readonly expiresAt: Date;
  readonly outcome: string | null;
  readonly error: string | null;
  readonly finishedAt: Date | null;
}
