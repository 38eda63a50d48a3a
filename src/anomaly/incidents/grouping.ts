import { createHash } from 'node:crypto';

import type { NewAnomaly } from '../anomaly.types';
import { type Severity, worseSeverity } from '../severity';
import { cut } from '../text';
import { type Dependencies, dependenciesOf } from '../topology/topology';
import type { IncidentStatus } from './incident-lifecycle';

type Labels = Readonly<Record<string, string>>;

const MAX_TITLE = 200;
const MAX_SHARED = 200;

/** What anomalies of one incident have in common. */
export interface Group {
  /** A digest of the labels: equal for equal groups, and short however long they are. */
  readonly key: string;
  readonly labels: Labels;
}

/** An incident that new anomalies may join. */
export interface Candidate {
  readonly id: number;
  readonly status: IncidentStatus;
  readonly severity: Severity;
  readonly groupKey: string;
  readonly lastActivityAt: Date;
  readonly resolvedAt: Date | null;
}

/** How long an incident takes anomalies in. */
export interface GroupingWindows {
  /** After its last activity, while it is not resolved. */
  readonly joinSeconds: number;
  /** After its resolution; a later anomaly is another incident's. */
  readonly reopenSeconds: number;
}

/** By what anomalies are grouped. */
export interface GroupingRules {
  /** Labels that make a group; the first of the alternatives that is there counts. */
  readonly alternatives: readonly (readonly string[])[];
  readonly windows: GroupingWindows;
  readonly dependencies: Dependencies;
}

/** An incident that anomalies belong to: one that there is, or a new one of a group. */
export interface Placement {
  readonly group: Group;
  readonly incident: Candidate | null;
  readonly title: string;
  readonly severity: Severity;
  /** The anomalies by their place in what was given, each with the reason for its membership. */
  readonly members: readonly { readonly position: number; readonly reason: string }[];
}

/**
 * The group of a label set: the first of the alternatives whose labels are all there.
 * None   Where no alternative fits, the whole label set is the group: nothing is thrown together that nobody said belongs together.
 * @example groupOf({ job: 'api', namespace: 'prod' }, [['service'], ['job', 'namespace']]).labels // { job: 'api', namespace: 'prod' }
 */
export function groupOf(labels: Labels, alternatives: readonly (readonly string[])[]): Group {
  const names =
    alternatives.find((alternative) => alternative.every((name) => has(labels, name))) ??
    Object.keys(labels).sort();
  const text = JSON.stringify(names.map((name) => [name, labels[name]]));
  return {
    key: createHash('sha256').update(text).digest('hex'),
    labels: Object.fromEntries(names.map((name) => [name, labels[name]])),
  };
}

/**
 * Reads the alternatives of a setting: labels joined by `+` count together.
 * @example parseAlternatives(['service', 'job+namespace']) // [['service'], ['job', 'namespace']]
 */
export function parseAlternatives(setting: readonly string[]): string[][] {
  return setting.map((alternative) => alternative.split('+').map((name) => name.trim()));
}

/**
 * Where new anomalies belong: in the incident of their group that is still going on or was resolved a moment ago; else in that of a service on
 * which theirs depends, the nearest first; else in a new one. However many they are, each group makes one incident at most.
 * Shape  candidates: at most one a group counts, the first that takes anomalies in; so give the preferred one first.
 */
export function placeAll(
  anomalies: readonly Pick<NewAnomaly, 'title' | 'severity' | 'labels'>[],
  candidates: readonly Candidate[],
  { alternatives, windows, dependencies }: GroupingRules,
  now: Date,
): Placement[] {
  const groups = new Map<string, { group: Group; positions: number[] }>();
  anomalies.forEach(({ labels }, position) => {
    if (labels === null) return;
    const group = groupOf(labels, alternatives);
    const known = groups.get(group.key);
    if (known === undefined) groups.set(group.key, { group, positions: [position] });
    else known.positions.push(position);
  });
  const incidents = new Map<string, Candidate>();
  for (const candidate of candidates)
    if (!incidents.has(candidate.groupKey) && takesIn(candidate, windows, now))
      incidents.set(candidate.groupKey, candidate);

  // A service may depend on one that depends on another; without circles the walk ends.
  const causeOf = ({ key, labels }: Group): { group: Group; service: string } | null => {
    if (incidents.has(key) || labels.service === undefined) return null;
    for (const service of dependenciesOf(labels.service, dependencies)) {
      const group = groupOf({ service }, alternatives);
      const isActive = incidents.has(group.key) && incidents.get(group.key)?.status !== 'resolved';
      if (isActive || groups.has(group.key)) return { group, service };
    }
    return null;
  };
  const placements = new Map<
    string,
    { placement: Placement; members: { position: number; reason: string }[] }
  >();
  const placementOf = (group: Group) => {
    const known = placements.get(group.key);
    if (known !== undefined) return known;
    const incident = incidents.get(group.key) ?? null;
    const [first] = groups.get(group.key)?.positions ?? [];
    const members: { position: number; reason: string }[] = [];
    const title = first === undefined ? '' : titleOf(group, anomalies[first].title);
    const placement = { group, incident, title, severity: incident?.severity ?? 'low', members } as const;
    placements.set(group.key, { placement, members });
    return { placement, members };
  };
  for (const { group, positions } of groups.values()) {
    const cause = causeOf(group);
    let root = cause?.group ?? group;
    for (let next = causeOf(root); next !== null; next = causeOf(root)) root = next.group;
    const { placement, members } = placementOf(root);
    positions.forEach((position, index) => {
      const reason =
        cause === null
          ? reasonOf(group, placement.incident, index === 0, windows)
          : `${group.labels.service} depends on ${cause.service}, whose incident this is`;
      members.push({ position, reason });
    });
  }
  return [...placements.values()].map(({ placement, members }) => ({
    ...placement,
    severity: members
      .map(({ position }) => anomalies[position].severity)
      .reduce(worseSeverity, placement.severity),
  }));
}

/** The keys of all groups whose incidents may take these anomalies in. */
export function groupKeysOf(
  anomalies: readonly Pick<NewAnomaly, 'labels'>[],
  { alternatives, dependencies }: GroupingRules,
): string[] {
  const keys = new Set<string>();
  const services = new Set<string>();
  for (const { labels } of anomalies) {
    if (labels === null) continue;
    keys.add(groupOf(labels, alternatives).key);
    if (labels.service !== undefined) services.add(labels.service);
  }
  for (const service of services)
    for (const cause of dependenciesOf(service, dependencies))
      keys.add(groupOf({ service: cause }, alternatives).key);
  return [...keys];
}

/** Whether an incident is still going on, or was resolved so shortly ago that the same trouble has come back. */
export function takesIn(
  { status, lastActivityAt, resolvedAt }: Pick<Candidate, 'status' | 'lastActivityAt' | 'resolvedAt'>,
  { joinSeconds, reopenSeconds }: GroupingWindows,
  now: Date,
): boolean {
  if (status === 'resolved')
    return resolvedAt !== null && now.getTime() - resolvedAt.getTime() <= reopenSeconds * 1_000;
  return now.getTime() - lastActivityAt.getTime() <= joinSeconds * 1_000;
}

function reasonOf(
  { labels }: Group,
  incident: Candidate | null,
  isFirst: boolean,
  { joinSeconds, reopenSeconds }: GroupingWindows,
): string {
  const shared = textOf(labels);
  if (isFirst && incident === null) return `first of its incident (${shared})`;
  if (isFirst && incident?.status === 'resolved')
    return `same ${shared} within ${spanOf(reopenSeconds)} of the resolution, which reopened the incident`;
  return `same ${shared} within ${spanOf(joinSeconds)}`;
}

function titleOf({ labels }: Group, title: string): string {
  const values = Object.values(labels).join(', ');
  const full = values === '' || title.includes(values) ? title : `${values}: ${title}`;
  return cut(full, MAX_TITLE);
}

function textOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return cut(pairs.join(', ') || 'no labels', MAX_SHARED);
}

function spanOf(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function has(labels: Labels, name: string): boolean {
  return Object.hasOwn(labels, name) && labels[name] !== '';
}
