import fc from 'fast-check';

import { type Candidate, groupKeysOf, groupOf, parseAlternatives, placeAll, takesIn } from './grouping';

const NOW = new Date('2026-01-31T10:00:00Z');
const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const ALTERNATIVES = parseAlternatives(['service', 'job+namespace', 'alertname']);
const WINDOWS = { joinSeconds: 600, reopenSeconds: 900 };
const DEPENDENCIES = new Map([
  ['web', ['checkout']],
  ['checkout', ['db']],
]);
const RULES = { alternatives: ALTERNATIVES, windows: WINDOWS, dependencies: DEPENDENCIES };

const anomaly = (labels: Record<string, string> | null, title = 'Errors') => ({
  title,
  severity: 'medium' as const,
  labels,
});
const candidate = (labels: Record<string, string>, told: Partial<Candidate> = {}): Candidate => ({
  id: 7,
  status: 'open',
  severity: 'low',
  groupKey: groupOf(labels, ALTERNATIVES).key,
  lastActivityAt: before(60),
  resolvedAt: null,
  ...told,
});
const place = (anomalies: Parameters<typeof placeAll>[0], candidates: Candidate[] = []) =>
  placeAll(anomalies, candidates, RULES, NOW);

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
        },
        WINDOWS,
        NOW,
      ),
    ).toBe(expected);
  });
});

describe('new anomalies', () => {
  it('open an incident, and say so', () => {
    const [placement, ...others] = place([
      anomaly({ service: 'checkout' }),
      anomaly({ service: 'checkout' }),
    ]);
    expect(others).toEqual([]);
    expect(placement).toMatchObject({
      incident: null,
      title: 'checkout: Errors',
      severity: 'medium',
      members: [
        { position: 0, reason: 'first of its incident (service=checkout)' },
        { position: 1, reason: 'same service=checkout within 10 min' },
      ],
    });
  });

  it('join the incident of their group', () => {
    const [placement] = place(
      [anomaly({ service: 'db' }), anomaly({ service: 'checkout' })],
      [candidate({ service: 'checkout' }, { severity: 'critical' })],
    ).filter(({ incident }) => incident !== null);
    expect(placement).toMatchObject({
      incident: { id: 7 },
      severity: 'critical',
      members: [{ position: 1, reason: 'same service=checkout within 10 min' }],
    });
  });

  it('reopen what was resolved a moment ago', () => {
    const [{ members }] = place(
      [anomaly({ service: 'checkout' })],
      [candidate({ service: 'checkout' }, { status: 'resolved', resolvedAt: before(30) })],
    );
    expect(members[0].reason).toBe(
      'same service=checkout within 15 min of the resolution, which reopened the incident',
    );
  });

  it('join the incident of a service that theirs depends on, directly or not', () => {
    const [placement, ...others] = place([anomaly({ service: 'web' })], [candidate({ service: 'db' })]);
    expect(others).toEqual([]);
    expect(placement).toMatchObject({
      incident: { id: 7 },
      members: [{ position: 0, reason: 'web depends on db, whose incident this is' }],
    });
  });

  it('come together with the trouble that causes them, told in whatever order', () => {
    const [placement, ...others] = place([
      anomaly({ service: 'web' }),
      anomaly({ service: 'checkout' }),
      anomaly({ service: 'db' }, 'Disk full'),
    ]);
    expect(others).toEqual([]);
    expect(placement).toMatchObject({ incident: null, title: 'db: Disk full' });
    expect(placement.members).toEqual([
      { position: 0, reason: 'web depends on checkout, whose incident this is' },
      { position: 1, reason: 'checkout depends on db, whose incident this is' },
      { position: 2, reason: 'first of its incident (service=db)' },
    ]);
  });

  it('stay with their own incident where they have one, and open one where the cause is over', () => {
    const own = candidate({ service: 'checkout' }, { id: 8 });
    expect(place([anomaly({ service: 'checkout' })], [candidate({ service: 'db' }), own])).toMatchObject([
      { incident: { id: 8 } },
    ]);
    const over = candidate({ service: 'db' }, { status: 'resolved', resolvedAt: before(1) });
    expect(place([anomaly({ service: 'checkout' })], [over])).toMatchObject([{ incident: null }]);
  });

  it('look for the incidents of all groups that may take them in', () => {
    expect(groupKeysOf([anomaly({ service: 'web' }), anomaly(null)], RULES).sort()).toEqual(
      ['web', 'checkout', 'db'].map((service) => groupOf({ service }, ALTERNATIVES).key).sort(),
    );
  });

  it('of which nobody knows where they are stay alone', () => {
    expect(place([anomaly(null)])).toEqual([]);
  });

  it('make as many incidents as they have groups, each anomaly in one, in a storm too', () => {
    const storm = fc.array(
      fc.option(fc.record({ service: fc.constantFrom('a', 'b', 'c', 'd'), host: fc.string() }), {
        nil: null,
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(storm, (labelSets) => {
        const placements = place(labelSets.map((labels) => anomaly(labels)));
        expect(placements.length).toBe(new Set(labelSets.flatMap((labels) => labels?.service ?? [])).size);
        expect(placements.flatMap(({ members }) => members.map(({ position }) => position)).sort()).toEqual(
          labelSets.flatMap((labels, position) => (labels === null ? [] : [position])).sort(),
        );
      }),
    );
  });
});
