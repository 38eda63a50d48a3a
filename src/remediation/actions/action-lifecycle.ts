import { Lifecycle, nextStatus } from '../../common/lifecycle';

/** The contract's statuses of an action. What its steps are doing meanwhile, the ledger says (`execution/step-lifecycle.ts`). */
export const ACTION_STATUSES = [
  'pending',
  'approved',
  'scheduled',
  'in_progress',
  'completed',
  'failed',
  'cancelled',
  'rejected',
] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];

export const ACTION_VERBS = [
  'approve',
  'reject',
  'expire',
  'schedule',
  'execute',
  'cancel',
  'update',
  'delete',
  'complete',
  'fail',
  'reconcile',
] as const;
export type ActionVerb = (typeof ACTION_VERBS)[number];

/** Where each verb leads. What is scheduled may still be approved until its time, once; an edit takes approvals away; what nobody knows the end of counts as failed until a person says that it was done. */
export const ACTION_LIFECYCLE = {
  pending: {
    approve: 'approved',
    reject: 'rejected',
    expire: 'rejected',
    schedule: 'scheduled',
    execute: 'in_progress',
    cancel: 'cancelled',
    update: 'pending',
    delete: 'pending',
  },
  approved: {
    expire: 'rejected',
    schedule: 'scheduled',
    execute: 'in_progress',
    cancel: 'cancelled',
    update: 'pending',
    delete: 'approved',
  },
  scheduled: {
    approve: 'scheduled',
    reject: 'rejected',
    expire: 'rejected',
    execute: 'in_progress',
    cancel: 'cancelled',
    update: 'pending',
    delete: 'scheduled',
  },
  in_progress: { cancel: 'cancelled', complete: 'completed', fail: 'failed' },
  completed: { delete: 'completed' },
  failed: { reconcile: 'completed', delete: 'failed' },
  cancelled: { delete: 'cancelled' },
  rejected: { delete: 'rejected' },
} as const satisfies Lifecycle<ActionStatus, ActionVerb>;

/** The status after a verb, or null where the lifecycle refuses it. */
export function actionStatusAfter(status: ActionStatus, verb: ActionVerb): ActionStatus | null {
  return nextStatus<ActionStatus, ActionVerb>(ACTION_LIFECYCLE, status, verb);
}

/** Whether it has begun or may still begin. */
export function isActive(status: ActionStatus): boolean {
  return status === 'pending' || status === 'approved' || status === 'scheduled' || status === 'in_progress';
}
