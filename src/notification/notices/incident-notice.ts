import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import { ALONE, type Notice } from './notice';

/** What is told of an incident. */
export interface ToldIncident {
  readonly id: number;
  readonly title: string;
  readonly severity: Severity;
  readonly status: string;
  /** What its members have in common. */
  readonly labels: Readonly<Record<string, string>>;
  readonly anomalyCount: number;
  /** How often it has opened, reopenings included. */
  readonly openings: number;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly mergedInto: number | null;
}

/** The keys under which an opening of an incident is told: one a severity, so that it is told again where it gets worse. */
export function openingKeys(id: number, openings: number): string[] {
  return SEVERITIES.map((severity) => `incident:${id}:${openings}:${severity}`);
}

/** That an incident opened, opened again, or is more severe than an endpoint knows. */
export function incidentNotice(incident: ToldIncident): Notice {
  const { id, openings, severity } = incident;
  const keys = openingKeys(id, openings);
  const rank = SEVERITIES.indexOf(severity);
  return {
    ...told(incident),
    type: 'incident_opened',
    key: keys[rank],
    precedents: { coveredBy: keys.slice(rank), endOf: null, raises: keys.slice(0, rank) },
    summary: incident.title,
    data: { ...described(incident), is_reopened: openings > 1, is_escalated: false },
  };
}

/** That an incident is over, or is told of by another from now on; to whoever has been told that it had opened. */
export function incidentEndNotice(incident: ToldIncident): Notice {
  const { id, openings, title, mergedInto } = incident;
  return {
    ...told(incident),
    type: 'incident_resolved',
    key: `incident:${id}:${openings}:end`,
    precedents: { ...ALONE.precedents, endOf: openingKeys(id, openings) },
    summary: mergedInto === null ? title : `${title}: it is one with incident ${mergedInto}, which goes on`,
    data: {
      ...described(incident),
      merged_into: mergedInto,
      resolved_by: incident.resolvedBy,
      resolved_at: incident.resolvedAt?.toISOString() ?? null,
    },
  };
}

function told({
  id,
  severity,
  labels,
}: ToldIncident): Pick<Notice, 'severity' | 'labels' | 'about' | 'incidentId' | 'members'> {
  return { severity, labels, about: { kind: 'incident', id }, incidentId: id, members: ALONE.members };
}

function described(incident: ToldIncident): Record<string, unknown> {
  return {
    incident_id: incident.id,
    title: incident.title,
    severity: incident.severity,
    status: incident.status,
    labels: incident.labels,
    anomaly_count: incident.anomalyCount,
    opened_at: incident.openedAt.toISOString(),
  };
}
