import type { Severity } from '../../anomaly/anomaly.types';
import type { Notice } from './notice';

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

/** Shape  openings: how often it has opened, reopenings included: each is told once. */
export function anomalyNotice(anomaly: ToldAnomaly, openings: number): Notice {
  const { id, title, severity, labels } = anomaly;
  return {
    type: 'anomaly_detected',
    key: `anomaly:${id}:${openings}`,
    severity,
    labels,
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
      incident_id: anomaly.incidentId,
      is_reopened: openings > 1,
      detected_at: anomaly.createdAt.toISOString(),
    },
  };
}
