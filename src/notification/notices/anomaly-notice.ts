import type { Severity } from '../../anomaly/anomaly.types';
import { openingKeys } from './incident-notice';
import { ALONE, type Notice } from './notice';

/** What is told of an anomaly. */
export interface ToldAnomaly {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly status: string;
  readonly source: string;
  readonly anomalyScore: number;
  readonly confidence: number;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly incidentId: number | null;
  readonly createdAt: Date;
}

/**
 * That an anomaly opened. Whoever has been told of its incident knows by that.
 * Shape  openings, incidentOpenings: how often it and its incident have opened, reopenings included: each is told once.
 */
export function anomalyNotice(
  anomaly: ToldAnomaly,
  openings: number,
  incidentOpenings: number | null,
): Notice {
  const { id, title, severity, labels, incidentId } = anomaly;
  const isMember = incidentId !== null && incidentOpenings !== null;
  return {
    ...ALONE,
    precedents: {
      ...ALONE.precedents,
      coveredBy: isMember ? openingKeys(incidentId, incidentOpenings) : [],
    },
    type: 'anomaly_detected',
    key: `anomaly:${id}:${openings}`,
    severity,
    labels,
    about: { kind: 'anomaly', id },
    incidentId,
    summary: title,
    data: {
      anomaly_id: id,
      title,
      description: anomaly.description,
      severity,
      status: anomaly.status,
      source: anomaly.source,
      anomaly_score: anomaly.anomalyScore,
      confidence: anomaly.confidence,
      labels: labels ?? {},
      incident_id: incidentId,
      is_reopened: openings > 1,
      detected_at: anomaly.createdAt.toISOString(),
    },
  };
}
