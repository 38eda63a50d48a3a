import type { NewAnomaly } from '../anomaly.types';
import { SEVERITIES, worseSeverity } from '../severity';
import {
  type Candidate,
  type Group,
  type GroupingRules,
  type Member,
  type Placement,
  STORM,
  textOf,
} from './grouping';

/** Anomalies of a group, by their places. */
interface Arrived {
  readonly group: Group;
  readonly positions: readonly number[];
}

/** What the limit is about. */
interface Weather {
  readonly anomalies: readonly Pick<NewAnomaly, 'severity'>[];
  /** By the group that they take in. */
  readonly incidents: ReadonlyMap<string, Candidate>;
  readonly rules: Pick<GroupingRules, 'incidentsAMinute'>;
  readonly openedLately: number;
}

/**
 * Keeps the number of incidents that open within a minute below a limit: the most severe open, those that came first among their like, and the
 * others are members of one more, the storm. It lasts while it takes anomalies in and is not resolved.
 * Shape   inStorm: what has come of groups that are in it.
 */
export function withinLimit(
  placements: readonly Placement[],
  inStorm: readonly Arrived[],
  { anomalies, incidents, rules: { incidentsAMinute }, openedLately }: Weather,
): Placement[] {
  const room = Math.max(0, incidentsAMinute - openedLately);
  const opening = placements
    .filter(({ incident }) => incident === null)
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
  const beyond = new Set(opening.slice(room));
  const kept = placements.filter((placement) => !beyond.has(placement));
  if (beyond.size === 0 && inStorm.length === 0) return kept;

  const members: Member[] = [
    ...inStorm.flatMap(({ group, positions }) =>
      positions.map((position) => ({
        position,
        reason: `same ${textOf(group.labels)}, which is part of the storm`,
      })),
    ),
    ...[...beyond].flatMap((placement) =>
      placement.members.map(({ position }) => ({
        position,
        reason: `more than ${incidentsAMinute} incidents within a minute: part of the storm (${textOf(placement.group.labels)})`,
      })),
    ),
  ];
  const storms = [STORM, ...inStorm.map(({ group }) => group)].flatMap(({ key }) => incidents.get(key) ?? []);
  const incident = storms.find(({ isStorm }) => isStorm) ?? null;
  const storm: Placement = {
    group: STORM,
    incident,
    title: `Storm: more than ${incidentsAMinute} incidents within a minute`,
    severity: members
      .map(({ position }) => anomalies[position].severity)
      .reduce(worseSeverity, incident?.severity ?? 'low'),
    members: members.sort((a, b) => a.position - b.position),
    groups: [...inStorm.map(({ group }) => group), ...[...beyond].flatMap(({ groups }) => groups)],
    takenIn: [...beyond].flatMap(({ groups }) => groups),
  };
  return [...kept, storm];
}
