import { Lifecycle, nextStatus } from '../../common/lifecycle';

/** The states of the step ledger: what may, does or did happen to the world. */
export const STEP_STATES = [
  'proposed',
  'pending_approval',
  'approved',
  'queued',
  'dispatching',
  'succeeded',
  'failed',
  'unknown',
  'rejected',
  'expired',
  'cancelled',
  'reconciled_succeeded',
  'reconciled_failed',
] as const;
export type StepState = (typeof STEP_STATES)[number];

export const STEP_VERBS = [
  'ask',
  'approve',
  'reject',
  'expire',
  'void',
  'cancel',
  'queue',
  'refuse',
  'claim',
  'succeed',
  'fail',
  'lose',
  'retry',
  'reconcile_succeeded',
  'reconcile_failed',
] as const;
export type StepVerb = (typeof STEP_VERBS)[number];

/**
 * Where each verb leads. `claim` is the only way to `dispatching`, and it is committed before a byte leaves; from there only the outcome
 * leads on, and what has no outcome is `unknown` until a person says what became of it. `refuse` ends what was queued and may not begin.
 */
export const STEP_LIFECYCLE = {
  proposed: {
    ask: 'pending_approval',
    approve: 'approved',
    reject: 'rejected',
    expire: 'expired',
    void: 'proposed',
    cancel: 'cancelled',
  },
  pending_approval: {
    ask: 'pending_approval',
    approve: 'approved',
    reject: 'rejected',
    expire: 'expired',
    void: 'proposed',
    cancel: 'cancelled',
  },
  approved: { expire: 'expired', void: 'proposed', cancel: 'cancelled', queue: 'queued' },
  queued: { cancel: 'cancelled', refuse: 'failed', claim: 'dispatching' },
  dispatching: { succeed: 'succeeded', fail: 'failed', lose: 'unknown', retry: 'queued' },
  succeeded: {},
  failed: {},
  unknown: { reconcile_succeeded: 'reconciled_succeeded', reconcile_failed: 'reconciled_failed' },
  rejected: {},
  expired: {},
  cancelled: {},
  reconciled_succeeded: {},
  reconciled_failed: {},
} as const satisfies Lifecycle<StepState, StepVerb>;

/** The state after a verb, or null where the ledger refuses it. */
export function stepStateAfter(state: StepState, verb: StepVerb): StepState | null {
  return nextStatus<StepState, StepVerb>(STEP_LIFECYCLE, state, verb);
}

/** The states in which a verb is allowed: what a statement that does it asks for. */
export function statesBefore(verb: StepVerb): StepState[] {
  return STEP_STATES.filter((state) => stepStateAfter(state, verb) !== null);
}

/**
 * The state that a verb leads to, wherever it is allowed.
 * Throws  Error where the table gives it more than one, or none.
 */
export function stateOf(verb: StepVerb): StepState {
  const targets = new Set(statesBefore(verb).map((state) => stepStateAfter(state, verb)));
  const [target] = targets;
  if (targets.size !== 1 || target === null) throw new Error(`The verb ${verb} has no single end`);
  return target;
}
