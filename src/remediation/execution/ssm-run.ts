/** How a run of a document ended. */
export interface RunEnd {
  readonly hasSucceeded: boolean;
  readonly words: string;
}

const GOING_ON = [
  'Pending',
  'InProgress',
  'Delayed',
  'Waiting',
  'PendingApproval',
  'Approved',
  'Scheduled',
  'PendingChangeCalendarOverride',
  'ChangeCalendarOverrideApproved',
  'RunbookInProgress',
  'Cancelling',
];

/**
 * The end of a command: all instances have one; null while one has none.
 * Shape   instances: ids that it was sent to. invocations: as SSM lists them, one an instance.
 */
export function endOfCommand(
  instances: readonly string[],
  invocations: readonly { readonly InstanceId?: string; readonly Status?: string }[] = [],
): RunEnd | null {
  const status = new Map(invocations.map(({ InstanceId, Status }) => [InstanceId, Status]));
  const ends = instances.map((id) => [id, status.get(id)] as const);
  if (ends.some(([, one]) => one === undefined || GOING_ON.includes(one))) return null;
  return {
    hasSucceeded: ends.every(([, one]) => one === 'Success'),
    words: ends.map(([id, one]) => `${id} ${one}`).join(', '),
  };
}

/** The end of an automation; null while it goes on. */
export function endOfAutomation(
  execution: { readonly AutomationExecutionStatus?: string } | undefined,
): RunEnd | null {
  const status = execution?.AutomationExecutionStatus;
  if (status === undefined || GOING_ON.includes(status)) return null;
  return { hasSucceeded: status === 'Success' || status === 'CompletedWithSuccess', words: status };
}
