import type { AlertView } from '../../telemetry/telemetry.types';
import type { NewAnomaly } from '../anomaly.types';
import { SELF_RESOLUTIONS } from '../self-resolution';
import { type Severity, typicalScoreOf } from '../severity';
import { cut } from '../text';

const MAX_TITLE = 200;
const MAX_DESCRIPTION = 10_000;
const MAX_SOURCE = 100;

/** What senders call a severity, in lower case. */
const WORDS: Readonly<Record<Severity, readonly string[]>> = {
  critical: ['critical', 'crit', 'page', 'p1', 'sev1', 'emergency', 'fatal', 'disaster'],
  high: ['high', 'error', 'err', 'major', 'p2', 'sev2'],
  medium: ['medium', 'warning', 'warn', 'moderate', 'minor', 'average', 'p3', 'sev3'],
  low: ['low', 'info', 'information', 'informational', 'notice', 'none', 'debug', 'p4', 'p5', 'sev4', 'sev5'],
};
const SEVERITY_OF = new Map(
  (Object.entries(WORDS) as [Severity, readonly string[]][]).flatMap(([severity, words]) =>
    words.map((word) => [word, severity] as const),
  ),
);

/** Where an alert is, the most telling label first. */
const PLACES = ['instance', 'pod', 'host', 'node', 'service', 'job'];

/** The anomaly that an alert becomes when it fires. */
export function alertAnomalyOf(alert: AlertView): NewAnomaly {
  const severity = alertSeverityOf(alert.labels);
  const { summary, description, message } = alert.annotations;
  return {
    title: cut(summary || alertNameOf(alert.labels), MAX_TITLE),
    description: cut(description || message || summary || alertNameOf(alert.labels), MAX_DESCRIPTION),
    severity,
    status: 'open',
    anomalyScore: typicalScoreOf(severity),
    // Somebody stated a rule, and it holds.
    confidence: 1,
    source: cut(alert.source, MAX_SOURCE),
    explanation: explain(alert),
    metricsData: alert.values,
    metric: null,
    alert: { id: alert.id, identity: alert.identity, firesSince: alert.startsAt },
    labels: alert.labels,
    membership: null,
  };
}

/**
 * The severity that an alert's labels state: `severity`, else `priority`.
 * Unknown  Medium: whoever sends an alert wants it seen, and nobody said that it burns.
 * @example alertSeverityOf({ severity: 'page' }) // 'critical'
 */
export function alertSeverityOf({ severity, priority }: AlertView['labels']): Severity {
  return SEVERITY_OF.get((severity || priority || '').trim().toLowerCase()) ?? 'medium';
}

/** What a resolution by the alert's end says. */
export function alertResolutionOf({ isTimedOut }: AlertView): string {
  return isTimedOut ? SELF_RESOLUTIONS.alert_forgotten : SELF_RESOLUTIONS.alert_resolved;
}

/** What an alert is called, and where it is. */
export function alertNameOf(labels: AlertView['labels']): string {
  const name = labels.alertname || 'An alert without a name';
  const place = PLACES.map((label) => labels[label]).find(Boolean);
  return place === undefined ? name : `${name} on ${place}`;
}

function explain({ labels, source, startsAt, generatorUrl }: AlertView): string {
  const named = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const rule = generatorUrl === null ? '' : ` Rule: ${generatorUrl}`;
  return cut(
    `The alert fires since ${startsAt.toISOString()}, says ${source}: ${named.join(', ')}.${rule}`,
    MAX_DESCRIPTION,
  );
}
