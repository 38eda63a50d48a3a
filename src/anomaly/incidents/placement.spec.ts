import fc from 'fast-check';

import type { Severity } from '../severity';
import type { Dependencies } from '../topology/topology';
import { type Candidate, type GroupingRules, groupOf, parseAlternatives } from './grouping';
import { placeAll } from './placement';

const NOW = new Date('2026-01-31T10:00:00Z');
const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const ALTERNATIVES = parseAlternatives(['service', 'job+namespace', 'alertname']);
const RULES: GroupingRules = {
  alternatives: ALTERNATIVES,
  windows: { joinSeconds: 600, reopenSeconds: 900 },
  dependencies: new Map([
    ['web', ['checkout']],
    ['checkout', ['db']],
  ]),
  incidentsAMinute: 50,
};

const anomaly = (labels: Record<string, string> | null, title = 'Errors', severity: Severity = 'medium') => ({
  title,
  severity,
  labels,
});
const candidate = (labels: Record<string, string>, told: Partial<Candidate> = {}): Candidate => ({
  id: 7,
  status: 'open',
  severity: 'low',
  groupKey: groupOf(labels, ALTERNATIVES).key,
  isStorm: false,
  lastActivityAt: before(60),
  resolvedAt: null,
  ...told,
});
const plan = (
  anomalies: Parameters<typeof placeAll>[0],
  candidates: Candidate[] = [],
  rules: Partial<GroupingRules> = {},
) => placeAll(anomalies, candidates, { ...RULES, ...rules }, { now: NOW, openedLately: 0 });
const place = (...given: Parameters<typeof plan>) => plan(...given).placements;

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
    const [joined, opened] = place(
      [anomaly({ service: 'checkout' }), anomaly({ service: 'search' })],
      [candidate({ service: 'checkout' }, { severity: 'critical' })],
    );
    expect(joined).toMatchObject({
      incident: { id: 7 },
      severity: 'critical',
      members: [{ position: 0, reason: 'same service=checkout within 10 min' }],
    });
    expect(opened).toMatchObject({ incident: null, members: [{ position: 1 }] });
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
    const { placements, merges } = plan([anomaly({ service: 'web' })], [candidate({ service: 'db' })]);
    expect(merges).toEqual([]);
    expect(placements).toMatchObject([
      {
        incident: { id: 7 },
        members: [{ position: 0, reason: 'web depends on db, whose incident this is' }],
      },
    ]);
  });

  it('join the incident of a service that depends on theirs, when its symptoms were told of first', () => {
    expect(place([anomaly({ service: 'db' })], [candidate({ service: 'web' })])).toMatchObject([
      {
        incident: { id: 7 },
        members: [{ position: 0, reason: 'web, whose incident this is, depends on db' }],
      },
    ]);
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

  it('open an incident where that of their cause is over, and join that of their cause rather than reopen theirs', () => {
    const over = { status: 'resolved', resolvedAt: before(1) } as const;
    expect(place([anomaly({ service: 'checkout' })], [candidate({ service: 'db' }, over)])).toMatchObject([
      { incident: null },
    ]);
    const own = candidate({ service: 'checkout' }, { id: 8, ...over });
    expect(plan([anomaly({ service: 'checkout' })], [candidate({ service: 'db' }), own])).toMatchObject({
      placements: [{ incident: { id: 7 } }],
      merges: [],
    });
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

describe('incidents that turn out to be one', () => {
  const OLDER = candidate({ service: 'web' }, { id: 5, severity: 'low' });
  const YOUNGER = candidate({ service: 'checkout' }, { id: 6, severity: 'critical' });

  it('are merged when a new member belongs to both: the younger into the older, which is as severe as both', () => {
    const { placements, merges } = plan([anomaly({ service: 'web' })], [OLDER, YOUNGER]);
    expect(merges).toEqual([{ from: YOUNGER, into: OLDER, reason: 'web depends on checkout' }]);
    expect(placements).toMatchObject([
      {
        incident: { id: 5 },
        severity: 'critical',
        members: [{ position: 0, reason: 'same service=web within 10 min' }],
      },
    ]);
  });

  it('are merged when what lies between them has trouble, too', () => {
    const { placements, merges } = plan(
      [anomaly({ service: 'checkout' })],
      [candidate({ service: 'db' }, { id: 9 }), OLDER],
    );
    expect(merges).toMatchObject([{ from: { id: 9 }, into: { id: 5 }, reason: 'checkout depends on db' }]);
    expect(placements).toMatchObject([
      { incident: { id: 5 }, members: [{ reason: 'checkout depends on db, whose incident this is' }] },
    ]);
  });

  it('stay two where one of them is over, or where they only have a symptom in common', () => {
    const over = { ...YOUNGER, status: 'resolved', resolvedAt: before(1) } as const;
    expect(plan([anomaly({ service: 'web' })], [OLDER, over]).merges).toEqual([]);
    const dependencies: Dependencies = new Map([['web', ['cache', 'db']]]);
    const causes = [candidate({ service: 'cache' }, { id: 1 }), candidate({ service: 'db' }, { id: 2 })];
    expect(plan([anomaly({ service: 'web' })], causes, { dependencies })).toMatchObject({
      placements: [
        { incident: { id: 1 }, members: [{ reason: 'web depends on cache, whose incident this is' }] },
      ],
      merges: [],
    });
  });

  it('are not looked for where nothing new has to do with them', () => {
    expect(plan([anomaly({ service: 'search' })], [OLDER, YOUNGER])).toMatchObject({
      placements: [{ incident: null }],
      merges: [],
    });
  });

  /** What storing a plan leaves: which groups go to which incident. */
  class Shelf {
    private readonly groups = new Map<string, number>();
    private lastId = 0;

    add(services: readonly string[], dependencies: Dependencies): void {
      const candidates = [...this.groups].map(([groupKey, id]) => candidate({}, { id, groupKey }));
      const arrived = services.map((service) => anomaly({ service }));
      const { placements, merges } = plan(arrived, candidates, { dependencies });
      for (const { from, into } of merges)
        for (const [key, id] of this.groups) if (id === from.id) this.groups.set(key, into.id);
      for (const { incident, groups } of placements) {
        const id = incident?.id ?? (this.lastId += 1);
        for (const { key } of groups) this.groups.set(key, id);
      }
    }

    /** Services that are of one incident, whatever its number. */
    partition(services: readonly string[]): string[] {
      const idOf = (service: string) => this.groups.get(groupOf({ service }, ALTERNATIVES).key);
      return [...Map.groupBy(services, idOf).values()].map((group) => group.sort().join(' ')).sort();
    }
  }

  it('are the same in the end, in whatever order and in how many parts their anomalies come', () => {
    const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    // A forest: each service depends on one at most, of those before it.
    const forest = fc
      .tuple(...NAMES.map((_, index) => fc.option(fc.nat({ max: Math.max(0, index - 1) }))))
      .map(
        (parents) =>
          new Map(
            parents.flatMap((parent, index) =>
              index === 0 || parent === null ? [] : [[NAMES[index], [NAMES[parent]]] as const],
            ),
          ),
      );
    const arrival = fc.shuffledSubarray(NAMES, { minLength: 1 });
    fc.assert(
      fc.property(forest, arrival, fc.nat({ max: 6 }), (dependencies, services, cut) => {
        const together = new Shelf();
        together.add([...services].sort(), dependencies);
        const [inParts, oneByOne] = [new Shelf(), new Shelf()];
        for (const part of [services.slice(0, cut), services.slice(cut)]) inParts.add(part, dependencies);
        for (const service of services) oneByOne.add([service], dependencies);
        expect(inParts.partition(services)).toEqual(together.partition(services));
        expect(oneByOne.partition(services)).toEqual(together.partition(services));
      }),
    );
  });
});
