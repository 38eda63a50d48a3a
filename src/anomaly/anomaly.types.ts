import { anomalyClassOf } from './anomaly-class';
import { Status } from './anomaly-lifecycle';
import type { IncidentStatus } from './incidents/incident-lifecycle';
import { SEVERITIES, type Severity, severityOf } from './severity';

export { anomalyClassOf, SEVERITIES, type Severity, severityOf };

/** A new anomaly, validated. */
export interface NewAnomaly {
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly status: Status;
  readonly anomalyScore: number;
  readonly confidence: number;
  readonly source: string;
  readonly explanation: string | null;
  readonly metricsData: object | null;
  readonly metric: MetricEvidence | null;
  readonly alert: AlertEvidence | null;
  /** Where it is, in the labels of its series or alert. */
  readonly labels: Readonly<Record<string, string>> | null;
  readonly membership: Membership | null;
}

/** The alert behind an anomaly. */
export interface AlertEvidence {
  readonly id: number;
  /** The same for all episodes of an alert. */
  readonly identity: string;
  readonly firesSince: Date;
}

/** The incident that an anomaly belongs to, and why, in words. */
export interface Membership {
  readonly incidentId: number;
  readonly reason: string;
}

/** An incident as other domains see it. */
export interface IncidentView {
  readonly id: number;
  readonly title: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  /** What its members have in common. */
  readonly labels: Readonly<Record<string, string>>;
  readonly anomalyCount: number;
  /** How often it has opened, reopenings included. */
  readonly openings: number;
  /** Whether a silence, a window or a cause keeps each of its active members quiet. */
  readonly isQuiet: boolean;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  /** The incident in which its members are now. */
  readonly mergedInto: number | null;
}

/** The series of an anomaly and the numbers behind its score, at the worst point so far. */
export interface MetricEvidence {
  readonly seriesId: number;
  readonly onsetAt: Date;
  readonly lastSeenAt: Date;
  /** As stored and shown: series, labels, value, expected, lower, upper, surprise, threshold, views, statistics. */
  readonly detail: object;
}

/** What a caller may edit. */
export interface AnomalyEdit {
  readonly title?: string;
  readonly description?: string;
  readonly severity?: Severity;
  readonly explanation?: string;
  readonly anomaly_score?: number;
  readonly confidence?: number;
}

/** What people add when they resolve. */
export interface Resolution {
  readonly resolution?: string;
  readonly rootCause?: string;
}

/** When and how an anomaly ended: the trouble was seen to be gone, was no longer seen, or somebody closed it. */
export interface AnomalyEnd {
  readonly at: Date;
  readonly how: 'recovered' | 'not_seen' | 'closed';
}

/** One line of an anomaly's history, before it is stored. */
export interface HistoryLine {
  readonly anomalyId: number;
  readonly event:
    'opened' | 'updated' | 'acknowledged' | 'resolved' | 'dismissed' | 'reopened' | 'commented' | 'deleted';
  readonly fromStatus: Status | null;
  readonly toStatus: Status;
  readonly changes?: object | null;
}

export const SORT_KEYS = ['created_at', 'updated_at', 'severity', 'anomaly_score'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** Which anomalies a list, an export or a count is about; all conditions hold together. */
export interface AnomalyFilter {
  readonly status?: string;
  readonly severity?: string;
  readonly source?: string;
  readonly seriesId?: number;
  readonly incidentId?: number;
  /** Created in [from, to). */
  readonly from?: Date;
  readonly to?: Date;
  /** Part of the title or the description, in any case. */
  readonly search?: string;
}

export interface AnomalyOrder {
  readonly key: SortKey;
  readonly direction: 'asc' | 'desc';
}

/** How one anomaly went, from the latest time that it opened. */
export interface AnomalyCourse {
  readonly id: number;
  readonly openedAt: Date;
  /** When it ended, or now. */
  readonly until: Date;
  /** Its trouble was seen to be gone; it was no longer seen; somebody closed or deleted it; or it goes on. */
  readonly how: 'recovered' | 'not_seen' | 'closed' | 'goes_on';
}
