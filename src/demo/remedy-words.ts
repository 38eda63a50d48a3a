import { clockTime } from './anomaly-words';
import { ActionLogLine, ApprovalView, RemediationAction } from './product-answers';

const EVENT_WIDTH = 14;

/**
 * A line of an action's log, as it is shown.
 * @example trailLine({ at, event: 'approved', message: 'admin approved it', … }) // '  12:00:01  approved       admin approved it'
 */
export function trailLine({ at, event, message }: ActionLogLine): string {
  return `  ${clockTime(Date.parse(at))}  ${event.replaceAll('_', ' ').padEnd(EVENT_WIDTH)} ${message}`;
}

/** What an approver is shown of an action: who has to agree and why, how much it touches, and what undoes it. */
export function planLines({ reasons, steps }: ApprovalView): string[] {
  return [
    ...reasons,
    ...steps.map(
      ({ blast_radius: radius, rollback }) =>
        `touches ${radius}; ${rollback === null ? 'nothing undoes it' : `${rollback} undoes it`}`,
    ),
  ];
}

/** What the targets of an action said of it. */
export function targetWords({
  execution_result: result,
}: Pick<RemediationAction, 'execution_result'>): string[] {
  return (result?.steps ?? []).flatMap((step) => step.result?.message ?? []);
}

/** Whether nothing more will happen to an action by itself. */
export function hasEnded({ status }: Pick<RemediationAction, 'status'>): boolean {
  return ['completed', 'failed', 'cancelled', 'rejected'].includes(status);
}
