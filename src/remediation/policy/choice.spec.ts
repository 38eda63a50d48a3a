import { type ChoiceResult, resultOf } from './choice';

const REMEDY = {
  ruleId: 1,
  ruleName: 'r',
  priority: 'low',
  cooldownSeconds: null,
  verify: null,
  reason: 'x',
  runbook: null,
  steps: [],
} as const;
const BLOCKED = { ruleId: 2, ruleName: 's', why: 'y' };

describe('what came of looking for a remedy', () => {
  it.each<[number, number, ChoiceResult]>([
    [0, 0, 'no_actions'],
    [1, 0, 'success'],
    [0, 2, 'blocked'],
    [1, 2, 'success'],
  ])('with %d remedies and %d that are blocked is %s', (remedies, blocked, result) => {
    expect(
      resultOf({
        remedies: Array.from({ length: remedies }, () => REMEDY),
        blocked: Array.from({ length: blocked }, () => BLOCKED),
      }),
    ).toBe(result);
  });
});
