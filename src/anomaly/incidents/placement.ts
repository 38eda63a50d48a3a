import type { NewAnomaly } from '../anomaly.types';
import { worseSeverity } from '../severity';
import { dependenciesOf, relatedTo } from '../topology/topology';
import {
  type Candidate,
  type Group,
  type GroupingRules,
  type GroupingWindows,
  groupOf,
  type Placement,
  takesIn,
} from './grouping';
import { type Dependency, mergeReasonOf, reasonOf, titleOf, type Trouble } from './membership-reason';
import { withinLimit } from './storm';

/** Two incidents that turn out to be one: the younger goes into the older. */
export interface Merge {
  readonly from: Candidate;
  readonly into: Candidate;
  readonly reason: string;
}

export interface Plan {
  readonly placements: readonly Placement[];
  readonly merges: readonly Merge[];
}

/** When it is, and how many incidents have opened within the last minute. */
export interface Present {
  readonly now: Date;
  readonly openedLately: number;
}

type Arrival = Pick<NewAnomaly, 'title' | 'severity' | 'labels'>;

/**
 * Where new anomalies belong, and which incidents turn out to be one with theirs.
 * Rule    Troubles are one where they are of one group, or where the service of one depends on that of the other, directly or not, and on
 *         none nearer that has trouble. What is one meets in its oldest incident that goes on, into which the others are merged; else in that of
 *         its cause that was resolved a moment ago; else in a new one. So it does not matter which of them came first.
 * Storm   When more incidents would open than may within a minute, the most severe do; the rest meets in one more, the storm. A group that is
 *         in a storm stays there while it lasts, and says nothing about its causes: a storm is never merged.
 * Shape   candidates: at most one a group counts, the first that takes anomalies in; so give the preferred one first.
 */
export function placeAll(
  anomalies: readonly Arrival[],
  candidates: readonly Candidate[],
  rules: GroupingRules,
  { now, openedLately }: Present,
): Plan {
  const incidents = new Map<string, Candidate>();
  for (const candidate of candidates)
    if (!incidents.has(candidate.groupKey) && takesIn(candidate, rules.windows, now))
      incidents.set(candidate.groupKey, candidate);
  const arrived = groupsOf(anomalies, rules);
  const stormy = [...arrived.values()].filter(({ group }) => incidents.get(group.key)?.isStorm);
  for (const { group } of stormy) arrived.delete(group.key);

  const troubles = troublesOf(arrived, incidents, rules);
  const nearest = dependenciesAmong(troubles, rules);
  const merges: Merge[] = [];
  const placements: Placement[] = [];
  for (const component of componentsOf(troubles, nearest)) {
    if (component.every(({ positions }) => positions.length === 0)) continue;
    const { placement, merged } = settle(component, nearest, anomalies, rules.windows);
    placements.push(placement);
    merges.push(...merged);
  }
  return {
    placements: withinLimit(placements, stormy, { anomalies, incidents, rules, openedLately }),
    merges,
  };
}

/** Anomalies by their groups, in the order in which they came. */
function groupsOf(
  anomalies: readonly Arrival[],
  { alternatives }: GroupingRules,
): Map<string, { group: Group; positions: number[] }> {
  const groups = new Map<string, { group: Group; positions: number[] }>();
  anomalies.forEach(({ labels }, position) => {
    if (labels === null) return;
    const group = groupOf(labels, alternatives);
    const known = groups.get(group.key);
    if (known === undefined) groups.set(group.key, { group, positions: [position] });
    else known.positions.push(position);
  });
  return groups;
}

/** Those of groups of which anomalies have come, then those that may be one with them. */
function troublesOf(
  arrived: ReadonlyMap<string, { group: Group; positions: number[] }>,
  incidents: ReadonlyMap<string, Candidate>,
  { alternatives, dependencies }: GroupingRules,
): Trouble[] {
  const troubles: Trouble[] = [];
  for (const { group, positions } of arrived.values()) {
    const found = incidents.get(group.key) ?? null;
    const isOver = found?.status === 'resolved';
    troubles.push({ group, positions, incident: isOver ? null : found, resolved: isOver ? found : null });
  }
  const services = troubles.flatMap(({ group }) => group.labels.service ?? []);
  for (const service of relatedTo(services, dependencies)) {
    const group = groupOf({ service }, alternatives);
    const incident = incidents.get(group.key);
    const goesOn = incident !== undefined && incident.status !== 'resolved' && !incident.isStorm;
    if (goesOn && !arrived.has(group.key)) troubles.push({ group, positions: [], incident, resolved: null });
  }
  return troubles;
}

/** Of each trouble's service the nearest of those that it depends on and that have trouble, too; without circles the ways end. */
function dependenciesAmong(
  troubles: readonly Trouble[],
  { alternatives, dependencies }: GroupingRules,
): Map<Trouble, Dependency> {
  const nearest = new Map<Trouble, Dependency>();
  if (dependencies.size === 0) return nearest;
  const ofService = new Map<string, Trouble>();
  for (const trouble of troubles) {
    const { service } = trouble.group.labels;
    if (service !== undefined && groupOf({ service }, alternatives).key === trouble.group.key)
      ofService.set(service, trouble);
  }
  for (const symptom of troubles) {
    const { service } = symptom.group.labels;
    if (service === undefined) continue;
    const found = dependenciesOf(service, dependencies).find((each) => ofService.has(each));
    if (found !== undefined) nearest.set(symptom, { symptom, cause: ofService.get(found) as Trouble });
  }
  return nearest;
}

/** Troubles that are one. */
function componentsOf(troubles: readonly Trouble[], nearest: ReadonlyMap<Trouble, Dependency>): Trouble[][] {
  const parents = new Map<Trouble, Trouble>(troubles.map((trouble) => [trouble, trouble]));
  const rootOf = (trouble: Trouble): Trouble => {
    let root = trouble;
    for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root))
      root = next;
    parents.set(trouble, root);
    return root;
  };
  const ofIncident = new Map<number, Trouble>();
  for (const trouble of troubles) {
    const cause = nearest.get(trouble)?.cause;
    if (cause !== undefined) parents.set(rootOf(trouble), rootOf(cause));
    if (trouble.incident === null) continue;
    const same = ofIncident.get(trouble.incident.id);
    if (same === undefined) ofIncident.set(trouble.incident.id, trouble);
    else parents.set(rootOf(trouble), rootOf(same));
  }
  return [...Map.groupBy(troubles, rootOf).values()];
}

/** The incident of troubles that are one, and those that go into it. */
function settle(
  component: readonly Trouble[],
  nearest: ReadonlyMap<Trouble, Dependency>,
  anomalies: readonly Arrival[],
  windows: GroupingWindows,
): { placement: Placement; merged: Merge[] } {
  const active = new Map(
    component.flatMap(({ incident }) => (incident === null ? [] : [[incident.id, incident] as const])),
  );
  const [oldest = null, ...others] = [...active.values()].sort((a, b) => a.id - b.id);
  const links = component.flatMap((trouble) => nearest.get(trouble) ?? []);
  // Where none goes on, each trouble has one cause at most, and the walk ends at the one that has none.
  const root = component.find((trouble) => !nearest.has(trouble)) ?? component[0];
  const incident = oldest ?? root.resolved;
  const members = component.flatMap((trouble) =>
    trouble.positions.map((position, index) => ({
      position,
      reason: reasonOf(trouble, links, incident, index === 0, windows),
    })),
  );
  const [first] = root.positions;
  const placement: Placement = {
    group: root.group,
    incident,
    title: first === undefined ? '' : titleOf(root.group, anomalies[first].title),
    severity: [
      ...members.map(({ position }) => anomalies[position].severity),
      ...others.map(({ severity }) => severity),
    ].reduce(worseSeverity, incident?.severity ?? 'low'),
    members: members.sort((a, b) => a.position - b.position),
    groups: component.filter(({ positions }) => positions.length > 0).map(({ group }) => group),
    takenIn: [],
  };
  return {
    placement,
    merged: others.map((from) => ({ from, into: oldest as Candidate, reason: mergeReasonOf(from, links) })),
  };
}
