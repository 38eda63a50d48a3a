import fc from 'fast-check';

import type { VerificationTerms } from '../verification/verification-terms';
import { type Plan, planHash } from './action-plan';

const plan: Plan = {
  actionType: 'restart_service',
  runbookVersionId: null,
  steps: [
    {
      name: 'Restart',
      actionType: 'restart_service',
      parameters: { grace_seconds: 10, service: 'cart' },
      target: { id: 7, version: 3 },
      isIdempotent: false,
      timeoutSeconds: 300,
      maxAttempts: 2,
      onFailure: 'stop',
    },
  ],
  verify: null,
};
const [step] = plan.steps;
const verify: VerificationTerms = {
  query: null,
  sameLabels: [],
  op: '<',
  threshold: 1,
  forSeconds: 60,
  timeoutSeconds: 600,
  rollBack: 'made_worse',
};

describe('the fingerprint of a plan', () => {
  it('is the same whatever the order of members', () => {
    const turned = { ...step, parameters: { service: 'cart', grace_seconds: 10 } };
    expect(
      planHash({ verify: null, steps: [turned], runbookVersionId: null, actionType: 'restart_service' }),
    ).toBe(planHash(plan));
  });

  it.each([
    ['its type', { ...plan, actionType: 'rollback' as const }],
    ['its runbook', { ...plan, runbookVersionId: 1 }],
    ['a parameter', { ...plan, steps: [{ ...step, parameters: { ...step.parameters, grace_seconds: 11 } }] }],
    ['its target', { ...plan, steps: [{ ...step, target: { id: 8, version: 3 } }] }],
    ['what its target is set to', { ...plan, steps: [{ ...step, target: { id: 7, version: 4 } }] }],
    ['how often it may be tried', { ...plan, steps: [{ ...step, maxAttempts: 3 }] }],
    ['what shows that it helped', { ...plan, verify }],
    ['from when on it is taken back', { ...plan, verify: { ...verify, rollBack: 'never' as const } }],
    ['a step more', { ...plan, steps: [step, step] }],
  ])('is another with %s', (_, changed) => {
    expect(planHash(changed)).not.toBe(planHash(plan));
  });

  it('is another for other parameters, whatever they are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const withValue = (value: unknown): string =>
          planHash({ ...plan, steps: [{ ...step, parameters: { value } }] });
        expect(withValue(one) === withValue(other)).toBe(
          JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)),
        );
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return { list: value.map(sorted) };
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return { members: members.toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}
