import type { Severity } from '../../anomaly/anomaly.types';
import { occurrenceAt, type Recurrence } from '../../common/time/recurrence';
import type { ActionType } from '../actions/action-type';
import type { Level } from './level';

/** When the product may do how much by itself; an empty list is any. */
export interface AutonomyTerms {
  readonly id: number;
  readonly name: string;
  /** The lowest that fits wins. */
  readonly priority: number;
  readonly isEnabled: boolean;
  readonly mode: Level;
  readonly severities: readonly Severity[];
  readonly minConfidence: number;
  /** Percent of the processors; null where it does not count. */
  readonly maxLoad: number | null;
  /** Null: at any time. */
  readonly timeWindow: Recurrence | null;
  readonly actionTypes: readonly ActionType[];
  readonly targetGroups: readonly string[];
}

/** What policies look at. */
export interface Circumstances {
  readonly severity: Severity;
  /** Of the anomaly, from 0 to 1. */
  readonly confidence: number;
  /** Percent; null where nobody knows it. */
  readonly load: number | null;
  readonly at: Date;
  /** Of every step. */
  readonly actionTypes: readonly ActionType[];
  readonly targetGroup: string;
}

export interface ChosenPolicy<Terms extends AutonomyTerms> {
  /** Null where none fits. */
  readonly policy: Terms | null;
  /** Why each that came before it does not fit. */
  readonly passedOver: readonly { readonly id: number; readonly name: string; readonly why: string }[];
}

/**
 * The enabled policy of the lowest priority whose conditions all hold, the older one among equals. A load that nobody knows meets no condition
 * on it: not knowing is no reason to act.
 */
export function choosePolicy<Terms extends AutonomyTerms>(
  policies: readonly Terms[],
  circumstances: Circumstances,
): ChosenPolicy<Terms> {
  const passedOver: { id: number; name: string; why: string }[] = [];
  const inOrder = policies
    .filter(({ isEnabled }) => isEnabled)
    .toSorted((a, b) => a.priority - b.priority || a.id - b.id);
  for (const policy of inOrder) {
    const why = mismatchOf(policy, circumstances);
    if (why === null) return { policy, passedOver };
    passedOver.push({ id: policy.id, name: policy.name, why });
  }
  return { policy: null, passedOver };
}

/** The first condition that does not hold, in words; null where all do. */
export function mismatchOf(terms: AutonomyTerms, given: Circumstances): string | null {
  if (!admits(terms.severities, given.severity))
    return `severity is ${given.severity}, not ${terms.severities.join(' or ')}`;
  if (given.confidence < terms.minConfidence) return `confidence is below ${terms.minConfidence}`;
  if (terms.maxLoad !== null) {
    if (given.load === null) return 'the load is not known';
    if (given.load > terms.maxLoad) return `the load is above ${terms.maxLoad} %`;
  }
  if (terms.timeWindow !== null && occurrenceAt(terms.timeWindow, given.at) === null)
    return 'it is outside of the time window';
  const foreign = given.actionTypes.find((type) => !admits(terms.actionTypes, type));
  if (foreign !== undefined) return `it is not for ${foreign}`;
  return admits(terms.targetGroups, given.targetGroup) ? null : `it is not for ${given.targetGroup}`;
}

function admits<T>(list: readonly T[], value: T): boolean {
  return list.length === 0 || list.includes(value);
}
