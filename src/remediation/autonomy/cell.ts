import type { ActionType } from '../actions/action-type';

/** What trust is earned for: one remedy against one kind of trouble on one group of targets. */
export interface Cell {
  readonly actionType: ActionType;
  /** `runbook:` and its id, or the action type: what a runbook has earned is its own, whatever its first step is. */
  readonly remedy: string;
  readonly anomalyClass: string;
  /** The group of the target, or its name where it is of none. */
  readonly targetGroup: string;
}

/** As people read it. */
export function cellTitle({ actionType, remedy, anomalyClass, targetGroup }: Cell): string {
  const what = remedy === actionType ? actionType : `${actionType} of ${remedy}`;
  return `${what} for ${anomalyClass} on ${targetGroup}`;
}
