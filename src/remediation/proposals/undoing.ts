import type { NewAction } from '../actions/action.types';
import type { RemediationStep } from '../execution/step.entity';
import { entryOf } from '../policy/catalogue';
import type { Parameters } from '../policy/parameter-schema';
import type { RollBackFrom } from '../verification/verification-terms';

/** What undoes a step that was done; null where the catalogue knows nothing, or nothing is known of how it was. */
export function undoingOf(
  step: Pick<RemediationStep, 'actionId' | 'actionType' | 'name' | 'parameters' | 'result' | 'targetId'>,
  why: string,
): Omit<NewAction, 'anomalyId' | 'priority'> | null {
  const { rollback } = entryOf(step.actionType);
  const { before } = (step.result ?? {}) as { before?: Parameters };
  const parameters = rollback?.parameters(step.parameters, before ?? {}) ?? null;
  if (rollback === null || parameters === null) return null;
  return {
    actionType: rollback.type,
    actionName: `Undo ${step.name}`.slice(0, 100),
    description: `${why}; this takes back what ${step.name} of remediation action ${step.actionId} has done`,
    parameters,
    targetId: step.targetId,
    origin: 'rollback',
    rollbackOf: step.actionId,
    ruleId: null,
    runbook: null,
  };
}

/**
 * Whether an action with this outcome is taken back. Unless something else was declared, what made things worse is.
 * @example isTakenBack('no_effect', 'made_worse') // false
 */
export function isTakenBack(outcome: string | null, from: RollBackFrom): boolean {
  switch (from) {
    case 'never':
      return false;
    case 'made_worse':
      return outcome === 'made_worse';
    case 'no_effect':
      return outcome === 'made_worse' || outcome === 'no_effect';
  }
}
