import { createHash } from 'node:crypto';

import { canonicalJson } from '../../common/canonical-json';
import type { FailurePolicy } from '../runbooks/runbook-definition';
import type { VerificationTerms } from '../verification/verification-terms';
import type { ActionType } from './action-type';

/** One step of what is to be done, all that an approval is given for. */
export interface PlannedStep {
  readonly name: string;
  readonly actionType: ActionType;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What it is done to, with the version of its settings; null where there is nothing yet that could do it. */
  readonly target: { readonly id: number; readonly version: number } | null;
  readonly isIdempotent: boolean;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  readonly onFailure: FailurePolicy;
}

export interface Plan {
  readonly actionType: ActionType;
  readonly runbookVersionId: number | null;
  readonly steps: readonly PlannedStep[];
  /** What was declared to show that it helped, and from which outcome on it is taken back. */
  readonly verify: VerificationTerms | null;
}

/**
 * The fingerprint of a plan, as hexadecimal SHA-256: an approval holds for exactly this, whatever the order of members.
 * @example planHash(plan) === planHash(structuredClone(plan)) // true
 */
export function planHash({ actionType, runbookVersionId, steps, verify }: Plan): string {
  const plan = [actionType, runbookVersionId, steps, ...(verify === null ? [] : [verify])];
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}
