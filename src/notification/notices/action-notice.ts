import type { Severity } from '../../anomaly/anomaly.types';
import { ALONE, type Notice } from './notice';

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
export interface Occasion {
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly incidentId: number | null;
}

/** That an action waits for people. */
export function approvalNotice(action: ToldAction, occasion: Occasion | null): Notice {
  return {
    ...of(action, occasion),
    type: 'approval_needed',
    key: `action:${action.id}:approval`,
    summary: `${action.requestedBy} asks for ${action.name} (${action.type}, risk ${action.risk})`,
    data: {
      ...described(action),
      approvals_required: action.approvalsRequired,
      expires_at: action.expiresAt.toISOString(),
    },
  };
}

/** How an action ended. */
export function executionNotice(action: ToldAction, occasion: Occasion | null): Notice {
  return {
    ...of(action, occasion),
    type: 'remediation_executed',
    key: `action:${action.id}:end`,
    summary: `${action.name} (${action.type}) ended: ${action.status}`,
    data: {
      ...described(action),
      outcome: action.outcome,
      error: action.error,
      finished_at: action.finishedAt?.toISOString() ?? null,
    },
  };
}

/** What is said of an action that was looked at, by its outcome; of one that nobody can tell of, nothing. */
const VERDICTS: Readonly<Record<string, string>> = {
  verified: 'has helped',
  no_effect: 'has not helped',
  made_worse: 'has made it worse',
};

/** Whether an action has helped; null where nobody can tell. */
export function verdictNotice(action: ToldAction, occasion: Occasion | null): Notice | null {
  const verdict = action.outcome === null ? undefined : VERDICTS[action.outcome];
  if (verdict === undefined) return null;
  return {
    ...of(action, occasion),
    type: 'remediation_verified',
    key: `action:${action.id}:verdict`,
    summary: `${action.name} (${action.type}) ${verdict}`,
    data: { ...described(action), outcome: action.outcome },
  };
}

function of(
  { id }: ToldAction,
  occasion: Occasion | null,
): Omit<Notice, 'type' | 'key' | 'summary' | 'data'> {
  return {
    ...ALONE,
    severity: occasion?.severity ?? null,
    labels: occasion?.labels ?? null,
    about: { kind: 'action', id },
    incidentId: occasion?.incidentId ?? null,
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
