import type { Severity } from '../../anomaly/anomaly.types';
import type { Notice } from './notice';

/** What is told of an action. */
export interface ToldAction {
  readonly id: number;
  readonly anomalyId: number | null;
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly status: string;
  readonly priority: string;
  readonly risk: string;
  readonly requestedBy: string;
  readonly approvalsRequired: number;
  readonly expiresAt: Date;
  readonly outcome: string | null;
  readonly error: string | null;
  readonly finishedAt: Date | null;
}

/** The anomaly that an action is for, where there is one. */
export interface Subject {
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>> | null;
}

/** That an action waits for people. */
export function approvalNotice(action: ToldAction, subject: Subject | null): Notice {
  return {
    type: 'approval_needed',
    key: `action:${action.id}:approval`,
    severity: subject?.severity ?? null,
    labels: subject?.labels ?? null,
    summary: `${action.requestedBy} asks for ${action.name} (${action.type}, risk ${action.risk})`,
    data: {
      ...described(action),
      approvals_required: action.approvalsRequired,
      expires_at: action.expiresAt.toISOString(),
    },
  };
}

/** How an action ended. */
export function executionNotice(action: ToldAction, subject: Subject | null): Notice {
  return {
    type: 'remediation_executed',
    key: `action:${action.id}:end`,
    severity: subject?.severity ?? null,
    labels: subject?.labels ?? null,
    summary: `${action.name} (${action.type}) ended: ${action.status}`,
    data: {
      ...described(action),
      outcome: action.outcome,
      error: action.error,
      finished_at: action.finishedAt?.toISOString() ?? null,
    },
  };
}

function described(action: ToldAction): Record<string, unknown> {
  return {
    action_id: action.id,
    anomaly_id: action.anomalyId,
    action_type: action.type,
    action_name: action.name,
    description: action.description,
    status: action.status,
    priority: action.priority,
    risk: action.risk,
    requested_by: action.requestedBy,
  };
}
