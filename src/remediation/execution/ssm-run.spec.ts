import { endOfAutomation, endOfCommand } from './ssm-run';

describe('the end of an SSM run', () => {
  it.each<[statuses: Record<string, string>, hasSucceeded: boolean | null]>([
    [{ a: 'Success', b: 'Success' }, true],
    [{ a: 'Success', b: 'Failed' }, false],
    [{ a: 'Success', b: 'TimedOut' }, false],
    [{ a: 'Success', b: 'Cancelled' }, false],
    [{ a: 'Failed', b: 'InProgress' }, null],
    [{ a: 'Success' }, null],
    [{}, null],
  ])('of a command on a and b with %j: %p', (statuses, hasSucceeded) => {
    const invocations = Object.entries(statuses).map(([InstanceId, Status]) => ({ InstanceId, Status }));
    expect(endOfCommand(['a', 'b'], invocations)?.hasSucceeded ?? null).toBe(hasSucceeded);
  });

  it.each([
    ['Success', true],
    ['CompletedWithSuccess', true],
    ['Failed', false],
    ['CompletedWithFailure', false],
    ['InProgress', null],
    ['Waiting', null],
    [undefined, null],
  ])('of an automation in %s: %p', (AutomationExecutionStatus, hasSucceeded) =>
    expect(endOfAutomation({ AutomationExecutionStatus })?.hasSucceeded ?? null).toBe(hasSucceeded),
  );
});
