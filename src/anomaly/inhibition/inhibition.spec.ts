import { inhibitorsOf, type Rule, type Trouble } from './inhibition';

const trouble = (
  id: number | null,
  labels: Record<string, string>,
  severity: Trouble['severity'] = 'medium',
): Trouble => ({ id, labels, severity });

const NODE_DOWN: Rule = {
  id: 3,
  name: 'Node down',
  isSource: ({ alertname }) => alertname === 'NodeDown',
  isTarget: ({ tier }) => tier === 'app',
  equal: ['node'],
};
const SAME_NAME: Rule = {
  id: 4,
  name: 'Critical hides warning',
  isSource: ({ severity }) => severity === 'critical',
  isTarget: ({ severity }) => severity !== undefined,
  equal: [],
};
const DEPENDENCIES = new Map([
  ['web', ['checkout']],
  ['checkout', ['db']],
]);
const byRule = (troubles: Trouble[], ...rules: Rule[]) => inhibitorsOf(troubles, rules, new Map());
const byTopology = (...troubles: Trouble[]) => inhibitorsOf(troubles, [], DEPENDENCIES);

describe('a rule of inhibition', () => {
  it('hides the targets that share the equal labels with a source, and says why', () => {
    const hidden = byRule(
      [
        trouble(1, { alertname: 'NodeDown', node: 'a' }),
        trouble(2, { tier: 'app', node: 'a' }),
        trouble(3, { tier: 'app', node: 'b' }),
      ],
      NODE_DOWN,
    );
    expect([...hidden]).toEqual([
      [
        2,
        {
          kind: 'rule',
          rule_id: 3,
          anomaly_id: 1,
          reason: 'rule Node down: anomaly 1 is active with the same node=a',
        },
      ],
    ]);
  });

  it('takes an absent label for an empty one, on both sides', () => {
    const source = trouble(1, { alertname: 'NodeDown' });
    expect(byRule([source, trouble(2, { tier: 'app' })], NODE_DOWN).has(2)).toBe(true);
    expect(byRule([source, trouble(2, { tier: 'app', node: 'a' })], NODE_DOWN).has(2)).toBe(false);
  });

  it('never has a trouble hide itself or its like', () => {
    const [one, two] = [trouble(1, { severity: 'critical' }), trouble(2, { severity: 'critical' })];
    expect(byRule([one, two], SAME_NAME).size).toBe(0);
    expect(byRule([one, trouble(3, { severity: 'warning' })], SAME_NAME).get(3)?.anomaly_id).toBe(1);
  });

  it('works with a cause that is itself kept quiet', () => {
    const hidden = byRule(
      [trouble(null, { alertname: 'NodeDown', node: 'a' }), trouble(2, { tier: 'app', node: 'a' })],
      NODE_DOWN,
    );
    expect(hidden.get(2)).toMatchObject({
      anomaly_id: null,
      reason: 'rule Node down: an alert that is kept quiet is active with the same node=a',
    });
  });
});

describe('the topology', () => {
  it('hides the symptoms of a service that depends on the cause, directly or not', () => {
    const hidden = byTopology(
      trouble(1, { service: 'db' }),
      trouble(2, { service: 'web' }),
      trouble(3, { service: 'other' }),
    );
    expect([...hidden.keys()]).toEqual([2]);
    expect(hidden.get(2)?.reason).toBe('web depends on db, where anomaly 1 is active');
  });

  it.each([
    ['low', 'critical', false],
    ['high', 'high', true],
    ['critical', 'medium', true],
  ] as const)('lets a cause that is %s hide a symptom that is %s: %s', (cause, symptom, isHidden) => {
    expect(
      byTopology(trouble(1, { service: 'db' }, cause), trouble(2, { service: 'checkout' }, symptom)).has(2),
    ).toBe(isHidden);
  });

  it('never hides the cause behind its symptom', () => {
    expect(byTopology(trouble(1, { service: 'db' }), trouble(2, { service: 'checkout' })).has(1)).toBe(false);
  });
});
