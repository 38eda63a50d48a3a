import { groupKeysOf, groupOf, parseAlternatives, STORM, takesIn } from './grouping';

const NOW = new Date('2026-01-31T10:00:00Z');
const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const ALTERNATIVES = parseAlternatives(['service', 'job+namespace', 'alertname']);
const WINDOWS = { joinSeconds: 600, reopenSeconds: 900 };
const DEPENDENCIES = new Map([
  ['web', ['checkout']],
  ['checkout', ['db']],
]);
const RULES = {
  alternatives: ALTERNATIVES,
  windows: WINDOWS,
  dependencies: DEPENDENCIES,
  incidentsAMinute: 50,
};

describe('the group of an anomaly', () => {
  it.each([
    [{ service: 'checkout', job: 'x', alertname: 'Down' }, { service: 'checkout' }],
    [
      { job: 'api', namespace: 'prod', alertname: 'Down' },
      { job: 'api', namespace: 'prod' },
    ],
    [{ job: 'api', alertname: 'Down' }, { alertname: 'Down' }],
    [{ service: '', alertname: 'Down' }, { alertname: 'Down' }],
    [
      { zone: 'a', disk: 'b' },
      { zone: 'a', disk: 'b' },
    ],
  ])('of %j is %j', (labels, group) => {
    expect(groupOf(labels, ALTERNATIVES).labels).toEqual(group);
  });

  it('is another one for another value, and the same in whatever order labels come', () => {
    expect(groupOf({ service: 'a' }, ALTERNATIVES).key).not.toBe(groupOf({ service: 'b' }, ALTERNATIVES).key);
    expect(groupOf({ a: '1', b: '2' }, []).key).toBe(groupOf({ b: '2', a: '1' }, []).key);
  });
});

describe('an incident takes anomalies in', () => {
  it.each([
    ['open', 600, null, true],
    ['open', 601, null, false],
    ['acknowledged', 600, null, true],
    ['resolved', 2_000, 900, true],
    ['resolved', 2_000, 901, false],
  ] as const)('%s, last active %d s ago, resolved %s s ago: %s', (status, active, resolved, expected) => {
    expect(
      takesIn(
        {
          status,
          lastActivityAt: before(active),
          resolvedAt: resolved === null ? null : before(resolved),
          isStorm: false,
        },
        WINDOWS,
        NOW,
      ),
    ).toBe(expected);
  });
});

describe('a storm takes anomalies in', () => {
  it('while it goes on, and does not come back', () => {
    const storm = { lastActivityAt: before(60), isStorm: true };
    expect(takesIn({ ...storm, status: 'open', resolvedAt: null }, WINDOWS, NOW)).toBe(true);
    expect(takesIn({ ...storm, status: 'resolved', resolvedAt: before(1) }, WINDOWS, NOW)).toBe(false);
  });
});

describe('new anomalies', () => {
  it('look for the incidents of all groups that may take them in or be one with theirs, and for the storm', () => {
    const keysOf = (...services: string[]) =>
      services.map((service) => groupOf({ service }, ALTERNATIVES).key);
    const found = groupKeysOf([{ labels: { service: 'checkout' } }, { labels: null }], RULES);
    expect(found.sort()).toEqual([...keysOf('web', 'checkout', 'db'), STORM.key].sort());
    expect(groupKeysOf([{ labels: { service: 'alone' } }], RULES).sort()).toEqual(
      [...keysOf('alone'), STORM.key].sort(),
    );
  });
});
