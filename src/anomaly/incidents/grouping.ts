import { createHash } from 'node:crypto';

import type { NewAnomaly } from '../anomaly.types';
import { type Severity, worseSeverity } from '../severity';
import { cut } from '../text';
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

/** An incident that anomalies of one group belong to: one that there is, or a new one. */
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
 * Where new anomalies belong: with those of their group, in the incident of the group that is still going on or was resolved a moment ago, else
 * in a new one. However many they are, each group makes one incident at most.
 * Shape  candidates: at most one a group counts, the first that takes anomalies in; so give the preferred one first.
 */
export function placeAll(
  anomalies: readonly Pick<NewAnomaly, 'title' | 'severity' | 'labels'>[],
  candidates: readonly Candidate[],
  alternatives: readonly (readonly string[])[],
  windows: GroupingWindows,
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
  return [...groups.values()].map(({ group, positions }) => {
    const incident =
      candidates.find((candidate) => candidate.groupKey === group.key && takesIn(candidate, windows, now)) ??
      null;
    return {
      group,
      incident,
      title: titleOf(group, anomalies[positions[0]].title),
      severity: positions
        .map((position) => anomalies[position].severity)
        .reduce(worseSeverity, incident?.severity ?? 'low'),
      members: positions.map((position, index) => ({
        position,
        reason: reasonOf(group, incident, index === 0, windows),
      })),
    };
  });
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
