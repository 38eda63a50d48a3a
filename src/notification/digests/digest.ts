import { createHash } from 'node:crypto';

import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import { canonicalJson } from '../../common/canonical-json';
import type { Recurrence } from '../../common/time/recurrence';
import { tellAt } from '../endpoints/quiet-hours';
import { ALONE, type DatedNotice, MESSAGE_TITLES, type Notice } from '../notices/notice';

/** What groups by the incident and not by a label. */
export const BY_INCIDENT = 'incident';

/** How an endpoint's notices wait for company. */
export interface DigestSetting {
  /** `incident`, or names of labels. */
  readonly groupBy: readonly string[];
  /** How long the first of a group waits. */
  readonly waitSeconds: number;
  /** How long at least there is between two messages of a group. */
  readonly intervalSeconds: number;
  /** Whether what is critical waits, too. */
  readonly doesCriticalWait: boolean;
}

/** What notices that are told together have in common: labels, or what they are about. */
export type Shared = Readonly<Record<string, string | number>>;

/** Notices that are told together. */
export interface Group {
  /** A digest of what they share, as short however much that is. */
  readonly key: string;
  readonly shared: Shared;
}

/** Whether a notice waits for company; what somebody waits for (a test) does not. */
export function waits(setting: DigestSetting | null, { type, severity }: Notice): setting is DigestSetting {
  return setting !== null && type !== 'test' && (setting.doesCriticalWait || severity !== 'critical');
}

/**
 * The group of a notice. What belongs to no incident is grouped by what it is about; a label that is not there is one that is empty.
 * @example groupOf(['incident'], { incidentId: 7, … }).shared // { incident: 7 }
 */
export function groupOf(groupBy: DigestSetting['groupBy'], notice: Notice): Group {
  const shared = sharedOf(groupBy, notice);
  return { key: createHash('sha256').update(canonicalJson(shared)).digest('hex'), shared };
}

function sharedOf(groupBy: DigestSetting['groupBy'], { incidentId, about, labels }: Notice): Shared {
  if (!groupBy.includes(BY_INCIDENT))
    return Object.fromEntries(groupBy.map((name) => [name, labels?.[name] ?? '']));
  if (incidentId !== null) return { incident: incidentId };
  return about === null ? {} : { [about.kind]: about.id };
}

/** A notice of several, as one message tells it: the worst of them says how severe it is. */
export function digestOf(key: string, shared: Shared, members: readonly DatedNotice[]): Notice {
  const notices = members.map(({ notice }) => notice);
  const severity = notices.map((notice) => notice.severity).reduce(worse, null);
  const { incident } = shared;
  const isOfIncident = typeof incident === 'number';
  return {
    ...ALONE,
    members,
    type: 'digest',
    key,
    severity,
    labels: Object.fromEntries(
      Object.entries(shared).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    ),
    about: isOfIncident
      ? { kind: 'incident', id: incident }
      : notices.every(
            ({ about }) => about?.id === notices[0].about?.id && about?.kind === notices[0].about?.kind,
          )
        ? notices[0].about
        : null,
    incidentId: isOfIncident ? incident : null,
    summary: `${members.length} notices of ${textOf(shared)}: ${countsOf(notices)}`,
    data: { group: shared, count: members.length, severity },
  };
}

/** What of a group is told now, and until when the others are held. */
export interface Division<Row> {
  readonly ready: readonly Row[];
  readonly held: readonly Row[];
  readonly heldUntil: Date | null;
}

/** Divides what a group has gathered by quiet hours, which hold what is not critical. */
export function divide<Row extends { readonly severity: Severity | null }>(
  rows: readonly Row[],
  quietHours: Recurrence | null,
  now: Date,
): Division<Row> {
  const isHeld = ({ severity }: Row): boolean => tellAt(quietHours, severity, now) > now;
  const held = rows.filter(isHeld);
  return {
    ready: rows.filter((row) => !isHeld(row)),
    held,
    heldUntil: held.length === 0 ? null : tellAt(quietHours, held[0].severity, now),
  };
}

function worse(a: Severity | null, b: Severity | null): Severity | null {
  if (a === null || b === null) return a ?? b;
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

/** How many of each type, in the order in which they came. */
function countsOf(notices: readonly Notice[]): string {
  return [...Map.groupBy(notices, ({ type }) => type)]
    .map(([type, { length }]) => `${length > 1 ? `${length} × ` : ''}${MESSAGE_TITLES[type].toLowerCase()}`)
    .join(', ');
}

function textOf(shared: Shared): string {
  const pairs = Object.entries(shared).map(([name, value]) =>
    typeof value === 'number' ? `${name} ${value}` : `${name}=${value}`,
  );
  return pairs.join(', ') || 'nothing in particular';
}
