import type { Origin } from '../actions/action.types';
import type { ActionStatus } from '../actions/action-lifecycle';
import type { Outcome } from '../actions/outcome';

/** Another action for the same anomaly, or the one that is looked at. */
export interface Sibling {
  readonly id: number;
  readonly status: ActionStatus;
  readonly outcome: Outcome | null;
  readonly origin: Origin;
  /** Its place among what was proposed; null counts as the first. */
  readonly rank: number | null;
  /** Whether people have hidden it. */
  readonly isHidden: boolean;
}

/**
 * Why an action has to wait for others of its anomaly; null where it is its turn. One is done at a time, the first-ranked first, and the next
 * one only once the one before is known to have had no effect. Where people have turned one down, or something worse than nothing came of one,
 * the rest is theirs.
 */
export function waitsFor(id: number, siblings: readonly Sibling[]): string | null {
  for (const sibling of siblings) {
    if (sibling.id === id) continue;
    const why = hindranceBy(sibling);
    if (why !== null) return why;
  }
  const [first] = siblings.filter(isWaiting).toSorted((a, b) => rankOf(a) - rankOf(b) || a.id - b.id);
  return first === undefined || first.id === id ? null : `Action ${first.id} comes first`;
}

function hindranceBy({ id, status, outcome, origin, isHidden }: Sibling): string | null {
  switch (status) {
    case 'in_progress':
      return `Action ${id} is under way`;
    case 'pending':
    case 'approved':
    case 'scheduled':
      if (isHidden) return `People have hidden action ${id}`;
      return origin === 'rollback' ? `Action ${id} is to undo something first` : null;
    case 'completed':
      if (outcome === null) return `It is not known yet whether action ${id} helped`;
      return outcome === 'no_effect' ? null : `Action ${id} is ${outcome}`;
    case 'failed':
      return outcome === 'unknown' ? `Nobody knows the end of action ${id}` : null;
    case 'cancelled':
    case 'rejected':
      return `Action ${id} was ${status}`;
  }
}

function isWaiting({ status, isHidden, origin }: Sibling): boolean {
  return (status === 'pending' || status === 'approved') && !isHidden && origin === 'rule';
}

function rankOf({ rank }: Sibling): number {
  return rank ?? 1;
}
