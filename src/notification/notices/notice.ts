import type { Severity } from '../../anomaly/anomaly.types';

/** What can be told of, as people read it; the names are those of the contract where it has one. A further type is a line here. */
export const NOTICE_TITLES = {
  anomaly_detected: 'Anomaly detected',
  incident_opened: 'Incident opened',
  incident_resolved: 'Incident resolved',
  approval_needed: 'Approval needed',
  remediation_executed: 'Remediation executed',
  remediation_verified: 'Remediation verified',
} as const;
export type NoticeType = keyof typeof NOTICE_TITLES;
export const NOTICE_TYPES = Object.keys(NOTICE_TITLES) as NoticeType[];

/** What a message can be of: a notice, several of them, or a test. */
export const MESSAGE_TITLES = { ...NOTICE_TITLES, digest: 'Digest', test: 'Test' } as const;
export type MessageType = keyof typeof MESSAGE_TITLES;
export const MESSAGE_TYPES = Object.keys(MESSAGE_TITLES) as MessageType[];

/** What a notice is about. */
export interface Subject {
  readonly kind: 'anomaly' | 'incident' | 'action';
  readonly id: number;
}

/** A notice and when it was made. */
export interface DatedNotice {
  readonly at: string;
  readonly notice: Notice;
}

/** A fact that people are told of; plain JSON, so that it can wait in the database. */
export interface Notice {
  readonly type: MessageType;
  /** The same for the same fact, however often somebody comes across it. */
  readonly key: string;
  /** Of the anomaly or incident that it is about; null where there is none. */
  readonly severity: Severity | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly about: Subject | null;
  /** The incident that it belongs to; null where there is none. */
  readonly incidentId: number | null;
  /** One sentence for people. */
  readonly summary: string;
  /** What programs read: ids, texts, numbers and instants. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly precedents: Precedents;
  /** Those that a digest tells of together. */
  readonly members: readonly DatedNotice[];
}

/** How a notice stands to those that an endpoint has been told before, by their keys. */
export interface Precedents {
  /** Whoever has been told one of these knows it already. */
  readonly coveredBy: readonly string[];
  /** It is the end of one of these, and says nothing to whoever has been told none; null where it is no end. */
  readonly endOf: readonly string[] | null;
  /** To whoever has been told one of these, it says that the same is more severe now. */
  readonly raises: readonly string[];
}

/** A notice that stands by itself. */
export const ALONE = {
  precedents: { coveredBy: [], endOf: null, raises: [] },
  members: [],
} as const satisfies Pick<Notice, 'precedents' | 'members'>;

/**
 * What an endpoint is told that has been told others before: the notice, the same as a rise, or nothing.
 * @example afterPrecedents(notice, new Set([notice.key])) // null
 */
export function afterPrecedents(notice: Notice, told: ReadonlySet<string>): Notice | null {
  const { coveredBy, endOf, raises } = notice.precedents;
  const isTold = (key: string): boolean => told.has(key);
  if (isTold(notice.key) || coveredBy.some(isTold)) return null;
  if (endOf !== null && !endOf.some(isTold)) return null;
  if (!raises.some(isTold)) return notice;
  return {
    ...notice,
    summary: `${notice.summary} (it is ${notice.severity} now)`,
    data: { ...notice.data, is_escalated: true },
  };
}

/** All keys that matter to whether an endpoint is told of a notice. */
export function keysOf({ key, precedents: { coveredBy, endOf, raises } }: Notice): string[] {
  return [key, ...coveredBy, ...(endOf ?? []), ...raises];
}

/** A notice's title, with its severity where it has one. */
export function titleOf({ type, severity }: Pick<Notice, 'type' | 'severity'>): string {
  return severity === null ? MESSAGE_TITLES[type] : `${MESSAGE_TITLES[type]} (${severity})`;
}

/** What an endpoint is sent when somebody tries it. */
export function testNotice(key: string, endpointName: string): Notice {
  return {
    ...ALONE,
    type: 'test',
    key,
    severity: null,
    labels: null,
    about: null,
    incidentId: null,
    summary: `A test of the endpoint ${endpointName}`,
    data: { endpoint: endpointName },
  };
}
