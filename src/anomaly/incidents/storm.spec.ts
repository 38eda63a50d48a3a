import fc from 'fast-check';

import type { Severity } from '../severity';
import type { Dependencies } from '../topology/topology';
import { type Candidate, type GroupingRules, groupOf, parseAlternatives, STORM } from './grouping';
import { placeAll } from './placement';

const NOW = new Date('2026-01-31T10:00:00Z');
const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const ALTERNATIVES = parseAlternatives(['service', 'alertname']);
const RULES: GroupingRules = {
  alternatives: ALTERNATIVES,
  windows: { joinSeconds: 600, reopenSeconds: 900 },
  dependencies: new Map([
    ['web', ['checkout']],
    ['checkout', ['db']],
  ]),
  incidentsAMinute: 50,
};

const anomaly = (labels: Record<string, string>, title = 'Errors', severity: Severity = 'medium') => ({
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
  openedLately = 0,
) => placeAll(anomalies, candidates, { ...RULES, ...rules }, { now: NOW, openedLately });
const place = (...given: Parameters<typeof plan>) => plan(...given).placements;

describe('a storm', () => {
  const LIMIT = { incidentsAMinute: 3 };
  const storm = (told: Partial<Candidate> = {}) =>
    candidate({}, { id: 30, groupKey: STORM.key, isStorm: true, ...told });
  const services = (...names: string[]) => names.map((service) => anomaly({ service }));

  it('is what would open beyond the limit, as one incident that says so', () => {
    const placements = place(services('a', 'b', 'c', 'd', 'e', 'd'), [], LIMIT);
    expect(placements.map(({ group: { labels } }) => labels.service)).toEqual(['a', 'b', 'c', undefined]);
    expect(placements[3]).toMatchObject({
      incident: null,
      group: STORM,
      title: 'Storm: more than 3 incidents within a minute',
      members: [3, 4, 5].map((position) => ({
        position,
        reason: expect.stringContaining('part of the storm'),
      })),
      takenIn: [{ labels: { service: 'd' } }, { labels: { service: 'e' } }],
    });
    expect(placements[3].members[0].reason).toBe(
      'more than 3 incidents within a minute: part of the storm (service=d)',
    );
  });

  it('leaves the most severe their own incidents', () => {
    const arrived = [...services('a', 'b', 'c'), anomaly({ service: 'd' }, 'Down', 'critical')];
    const placements = place(arrived, [], LIMIT);
    expect(placements.map(({ group: { labels } }) => labels.service)).toEqual(['a', 'b', 'd', undefined]);
  });

  it('counts what has opened within the minute, and joins the storm that there is', () => {
    const placements = place(services('a', 'b'), [storm({ severity: 'high' })], LIMIT, 2);
    expect(placements).toMatchObject([
      { incident: null, members: [{ position: 0 }] },
      { incident: { id: 30 }, severity: 'high', members: [{ position: 1 }] },
    ]);
  });

  it('keeps its groups while it lasts, below the limit too, and leaves them alone when it is over', () => {
    const inStorm = storm({ groupKey: groupOf({ service: 'web' }, ALTERNATIVES).key });
    const own = candidate({ service: 'db' });
    expect(plan(services('web'), [inStorm, own])).toMatchObject({
      placements: [
        {
          incident: { id: 30 },
          members: [{ reason: 'same service=web, which is part of the storm' }],
          takenIn: [],
        },
      ],
      merges: [],
    });
    const over = { ...inStorm, status: 'resolved', resolvedAt: before(1) } as const;
    expect(place(services('web'), [over])).toMatchObject([
      { incident: null, group: { labels: { service: 'web' } } },
    ]);
  });

  it('is never merged: that a service of it depends on another says nothing about the rest', () => {
    const inStorm = storm({ groupKey: groupOf({ service: 'db' }, ALTERNATIVES).key });
    const own = candidate({ service: 'web' });
    expect(plan(services('checkout'), [inStorm, own]).merges).toEqual([]);
  });

  it('leaves no more incidents than the limit and itself, and no anomaly without one, whatever comes', () => {
    const labels = fc.record({
      service: fc.integer({ min: 0, max: 40 }).map((index) => `s${index}`),
    });
    const arrived = fc.array(
      fc.record({ labels, severity: fc.constantFrom<Severity>('low', 'critical'), title: fc.constant('x') }),
      { maxLength: 100 },
    );
    const chain: Dependencies = new Map(
      Array.from({ length: 20 }, (_, index) => [`s${2 * index}`, [`s${2 * index + 1}`]]),
    );
    fc.assert(
      fc.property(
        arrived,
        fc.integer({ min: 1, max: 30 }),
        fc.nat({ max: 40 }),
        fc.boolean(),
        fc.boolean(),
        (anomalies, incidentsAMinute, openedLately, hasStorm, isLinked) => {
          const rules = { incidentsAMinute, ...(isLinked && { dependencies: chain }) };
          const placements = place(anomalies, hasStorm ? [storm()] : [], rules, openedLately);
          const fresh = placements.filter(({ incident, group }) => incident === null && group !== STORM);
          expect(fresh.length).toBeLessThanOrEqual(Math.max(0, incidentsAMinute - openedLately));
          expect(placements.length - fresh.length).toBeLessThanOrEqual(1);
          expect(
            placements
              .flatMap(({ members }) => members.map(({ position }) => position))
              .sort((a, b) => a - b),
          ).toEqual(anomalies.map((_, position) => position));
        },
      ),
    );
  });
});
