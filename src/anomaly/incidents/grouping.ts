import { createHash } from 'node:crypto';

import type { NewAnomaly } from '../anomaly.types';
import type { Severity } from '../severity';
import { cut } from '../text';
import { type Dependencies, relatedTo } from '../topology/topology';
import type { IncidentStatus } from './incident-lifecycle';

type Labels = Readonly<Record<string, string>>;

const MAX_SHARED = 200;

/** What anomalies of one incident have in common. */
export interface Group {
  /** A digest of the labels: equal for equal groups, and short however long they are. */
  readonly key: string;
  readonly labels: Labels;
}

/** The group of what comes when more incidents open than anybody can look at. Its key is no digest, and so no other group's. */
export const STORM: Group = { key: 'storm', labels: {} };

/** An incident that new anomalies of a group may join: that opened for it, or has taken it in. */
export interface Candidate {
  readonly id: number;
  readonly status: IncidentStatus;
  readonly severity: Severity;
  readonly groupKey: string;
  /** It is a storm, which many groups meet in that have nothing to do with each other. */
  readonly isStorm: boolean;
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
  /** How many incidents may open within a minute; what comes beyond them is a storm. */
  readonly incidentsAMinute: number;
}

/** An anomaly by its place in what was given, and why it belongs. */
export interface Member {
  readonly position: number;
  readonly reason: string;
}

/** An incident that anomalies belong to: one that there is, or a new one of a group. */
export interface Placement {
  readonly group: Group;
  readonly incident: Candidate | null;
  readonly title: string;
  readonly severity: Severity;
  readonly members: readonly Member[];
  /** Those of its members. */
  readonly groups: readonly Group[];
  /** Groups of which it takes in later anomalies, too, beside its own. */
  readonly takenIn: readonly Group[];
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

/** The keys of all groups whose incidents may take these anomalies in, or turn out to be one with theirs. */
export function groupKeysOf(
  anomalies: readonly Pick<NewAnomaly, 'labels'>[],
  { alternatives, dependencies }: GroupingRules,
): string[] {
  const keys = new Set<string>([STORM.key]);
  const services = new Set<string>();
  for (const { labels } of anomalies) {
    if (labels === null) continue;
    const group = groupOf(labels, alternatives);
    keys.add(group.key);
    if (group.labels.service !== undefined) services.add(group.labels.service);
  }
  for (const service of relatedTo(services, dependencies)) keys.add(groupOf({ service }, alternatives).key);
  return [...keys];
}

/** Whether an incident is still going on, or was resolved so shortly ago that the same trouble has come back; a storm does not come back. */
export function takesIn(
  {
    status,
    lastActivityAt,
    resolvedAt,
    isStorm,
  }: Pick<Candidate, 'status' | 'lastActivityAt' | 'resolvedAt' | 'isStorm'>,
  { joinSeconds, reopenSeconds }: GroupingWindows,
  now: Date,
): boolean {
  if (status === 'resolved')
    return !isStorm && resolvedAt !== null && now.getTime() - resolvedAt.getTime() <= reopenSeconds * 1_000;
  return now.getTime() - lastActivityAt.getTime() <= joinSeconds * 1_000;
}

/** What the members of a group share, in words. */
export function textOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return cut(pairs.join(', ') || 'no labels', MAX_SHARED);
}

function has(labels: Labels, name: string): boolean {
  return Object.hasOwn(labels, name) && labels[name] !== '';
}
