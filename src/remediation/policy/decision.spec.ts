import fc from 'fast-check';

import { ACTION_TYPES } from '../actions/action-type';
import { RISKS } from './catalogue';
import {
  decide,
  type DecisionFacts,
  type DecisionLimits,
  type Policy,
  strictest,
  VERDICTS,
} from './decision';

const facts: DecisionFacts = {
  actionType: 'restart_service',
  risk: 'medium',
  radius: { count: 1, percent: null },
  target: { id: 7, group: 'shop', isProtected: false },
};
const limits: DecisionLimits = {
  maxRadiusCount: 10,
  maxRadiusPercent: 50,
  quorum: { low: 1, medium: 1, high: 2 },
  isFrozen: false,
  freezes: [],
};
const policy = (id: number, of: Partial<Policy>): Policy => ({
  id,
  verdict: 'allow',
  actionType: null,
  targetId: null,
  targetGroup: null,
  approvals: null,
  ...of,
});

describe('whether an action may run', () => {
  it('asks people where no policy speaks, as many as the risk takes', () => {
    expect(decide(facts, [], limits)).toEqual({
      verdict: 'ask',
      approvals: 1,
      policyId: null,
      reasons: ['restart_service is of medium risk: one person must approve'],
    });
    expect(decide({ ...facts, risk: 'high' }, [], limits).approvals).toBe(2);
  });

  it('is no where the policies cannot be read', () => {
    expect(decide(facts, null, limits)).toMatchObject({
      verdict: 'deny',
      reasons: ['The policies cannot be read'],
    });
  });

  it.each([
    ['remediation is frozen', facts, { ...limits, isFrozen: true }],
    ['its target is protected', { ...facts, target: { id: 7, group: null, isProtected: true } }, limits],
    ['it touches more than the cap', { ...facts, radius: { count: 11, percent: null } }, limits],
    ['it touches a larger share than the cap', { ...facts, radius: { count: 1, percent: 51 } }, limits],
  ])('is no where %s, whatever policies say', (_, given, within) => {
    expect(decide(given, [policy(1, { verdict: 'allow' })], within).verdict).toBe('deny');
  });

  it.each([
    [
      'a target before a group',
      [policy(1, { targetGroup: 'shop', verdict: 'deny' }), policy(2, { targetId: 7 })],
      2,
    ],
    [
      'a group before none',
      [policy(1, { actionType: 'restart_service', verdict: 'deny' }), policy(2, { targetGroup: 'shop' })],
      2,
    ],
    ['a type before none', [policy(1, { verdict: 'deny' }), policy(2, { actionType: 'restart_service' })], 2],
    ['the strictest of two that fit alike', [policy(1, {}), policy(2, { verdict: 'deny' })], 2],
    ['nothing that is about another target', [policy(1, {}), policy(2, { targetId: 8, verdict: 'deny' })], 1],
    [
      'nothing that is about another type',
      [policy(1, {}), policy(2, { actionType: 'rollback', verdict: 'deny' })],
      1,
    ],
  ] as const)('is said by %s', (_, policies, decider) => {
    expect(decide(facts, policies, limits).policyId).toBe(decider);
  });

  it('asks for as many as its policy names', () => {
    expect(decide(facts, [policy(1, { verdict: 'ask', approvals: 3 })], limits).approvals).toBe(3);
  });

  it('of several steps names the policy that asks, also where more people are asked by default', () => {
    const byDefault = decide({ ...facts, risk: 'high' }, [], limits);
    const byPolicy = decide(facts, [policy(4, { verdict: 'ask', approvals: 1 })], limits);
    for (const steps of [
      [byDefault, byPolicy],
      [byPolicy, byDefault],
    ])
      expect(strictest(steps)).toMatchObject({ verdict: 'ask', approvals: 2, policyId: 4 });
  });

  const anyPolicy = fc.record({
    id: fc.integer({ min: 1, max: 99 }),
    verdict: fc.constantFrom(...VERDICTS),
    actionType: fc.option(fc.constantFrom(...ACTION_TYPES)),
    targetId: fc.option(fc.integer({ min: 1, max: 3 })),
    targetGroup: fc.option(fc.constantFrom('shop', 'bank')),
    approvals: fc.option(fc.integer({ min: 1, max: 5 })),
  });
  const anyFacts = fc.record({
    actionType: fc.constantFrom(...ACTION_TYPES),
    risk: fc.constantFrom(...RISKS),
    radius: fc.record({
      count: fc.integer({ min: 0, max: 20 }),
      percent: fc.option(fc.integer({ min: 0, max: 100 })),
    }),
    target: fc.option(
      fc.record({
        id: fc.integer({ min: 1, max: 3 }),
        group: fc.option(fc.constantFrom('shop', 'bank')),
        isProtected: fc.boolean(),
      }),
    ),
  });

  it('never lets run without approval what no policy allows', () => {
    fc.assert(
      fc.property(anyFacts, fc.array(anyPolicy), (given, policies) => {
        const decision = decide(given, policies, limits);
        if (decision.verdict === 'allow')
          expect(policies.find(({ id }) => id === decision.policyId)?.verdict ?? 'none').not.toBe('none');
        if (decision.verdict === 'ask') expect(decision.approvals).toBeGreaterThan(0);
        expect(decision.reasons.length).toBeGreaterThan(0);
      }),
    );
  });

  it('does not depend on the order of policies', () => {
    fc.assert(
      fc.property(anyFacts, fc.uniqueArray(anyPolicy, { selector: ({ id }) => id }), (given, policies) => {
        expect(decide(given, policies.toReversed(), limits)).toEqual(decide(given, policies, limits));
      }),
    );
  });
});
