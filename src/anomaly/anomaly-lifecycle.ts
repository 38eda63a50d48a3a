import { Lifecycle, nextStatus } from '../common/lifecycle';

export const STATUSES = ['open', 'acknowledged', 'resolved', 'dismissed'] as const;
export type Status = (typeof STATUSES)[number];

export const VERBS = ['acknowledge', 'resolve', 'dismiss', 'reopen'] as const;
export type Verb = (typeof VERBS)[number];

/**
 * Where each verb leads. Repeating a verb changes nothing; an anomaly that was over may still be judged a false alarm;
 * whoever was wrong reopens it.
 */
export const ANOMALY_LIFECYCLE = {
  open: { acknowledge: 'acknowledged', resolve: 'resolved', dismiss: 'dismissed', reopen: 'open' },
  acknowledged: { acknowledge: 'acknowledged', resolve: 'resolved', dismiss: 'dismissed', reopen: 'open' },
  resolved: { resolve: 'resolved', dismiss: 'dismissed', reopen: 'open' },
  dismissed: { dismiss: 'dismissed', reopen: 'open' },
} as const satisfies Lifecycle<Status, Verb>;

/** The status after a verb, or null where the lifecycle refuses it. */
export function statusAfter(status: Status, verb: Verb): Status | null {
  return nextStatus<Status, Verb>(ANOMALY_LIFECYCLE, status, verb);
}

const VERB_TO = {
  open: 'reopen',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
  dismissed: 'dismiss',
} as const satisfies Record<Status, Verb>;

/** The verb by which an edit of `status` is judged. */
export function verbTo(status: Status): Verb {
  return VERB_TO[status];
}

/** What history and events call a verb that was done. */
export const PAST = {
  acknowledge: 'acknowledged',
  resolve: 'resolved',
  dismiss: 'dismissed',
  reopen: 'reopened',
} as const satisfies Record<Verb, string>;

/** Whether somebody still has to care: the statuses of which a series may have one anomaly at most. */
export function isActive(status: Status): boolean {
  return status === 'open' || status === 'acknowledged';
}
