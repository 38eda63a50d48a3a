import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import { isMissing } from '../../common/validation/fields';
import { type JudgedSeverity, judgedSeverityOf, type Metrics } from './engine';

/** What rules look at of an anomaly. */
export interface AnomalyFacts {
  /** Null where it is not on record. */
  readonly id: number | null;
  readonly severity: JudgedSeverity;
  readonly source: string | null;
  /** The name of the metric it was seen on. */
  readonly series: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
}

/** The part of an anomaly on record that facts are made of. */
export interface AnomalyRecord {
  readonly id: number;
  readonly severity: Severity;
  readonly source: string;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly metric: object | null;
  readonly metricsData: object | null;
}

/** What rules look at of an anomaly on record: what its reporter measured, and the value of its series by the metric's name. */
export function factsOf({ id, severity, source, labels, metric, metricsData }: AnomalyRecord): AnomalyFacts {
  const { name, value } = (metric ?? {}) as { name?: unknown; value?: unknown };
  const series = typeof name === 'string' ? name : null;
  return {
    id,
    severity,
    source,
    series,
    labels: labels ?? {},
    metrics: numbersIn({ ...metricsData, ...(series !== null && { [series]: value }) }),
  };
}

/** An anomaly that somebody describes, to see what would be chosen. */
export interface DescribedAnomaly {
  readonly severity?: unknown;
  readonly anomaly_score?: unknown;
  readonly source?: unknown;
  readonly series?: unknown;
  readonly labels?: unknown;
  readonly metrics?: unknown;
}

const MAX_MEMBERS = 100;
const MAX_TEXT_LENGTH = 2_048;

/**
 * What rules look at of an anomaly that somebody describes; or what is wrong with the description, in the contract's words. A severity that
 * is stated wins over the one that the score has.
 * @example factsOfDescribed({ anomaly_score: 0.95 }) // { facts: { severity: 'critical', … } }
 */
export function factsOfDescribed(
  anomaly: DescribedAnomaly,
): { readonly facts: AnomalyFacts } | { readonly problem: string } {
  const { severity, anomaly_score: score, source, series, labels, metrics } = anomaly;
  if (isMissing(severity) && isMissing(score))
    return { problem: 'Invalid anomaly data: missing: severity or anomaly_score' };
  if (!isMissing(severity) && !SEVERITIES.includes(severity as Severity))
    return { problem: `Invalid severity. Must be one of: ${SEVERITIES.join(', ')}` };
  if (!isMissing(score) && !(typeof score === 'number' && score >= 0 && score <= 1))
    return { problem: 'anomaly_score must be between 0 and 1' };
  for (const [name, text] of Object.entries({ source, series }))
    if (!isAbsent(text) && !isText(text))
      return { problem: `${name} must be a string of at most ${MAX_TEXT_LENGTH} characters` };
  if (!isAbsent(labels) && !hasOnly(labels, isText))
    return { problem: `labels must be an object of at most ${MAX_MEMBERS} texts` };
  if (!isAbsent(metrics) && !hasOnly(metrics, Number.isFinite))
    return { problem: `metrics must be an object of at most ${MAX_MEMBERS} numbers` };
  return {
    facts: {
      id: null,
      severity: isMissing(severity) ? judgedSeverityOf(score as number) : (severity as Severity),
      source: (source ?? null) as string | null,
      series: (series ?? null) as string | null,
      labels: (labels ?? {}) as Record<string, string>,
      metrics: (metrics ?? {}) as Metrics,
    },
  };
}

function numbersIn(measured: object): Metrics {
  return Object.fromEntries(
    Object.entries(measured).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_TEXT_LENGTH;
}

function hasOnly(value: unknown, holds: (member: unknown) => boolean): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const members = Object.values(value);
  return members.length <= MAX_MEMBERS && members.every(holds);
}
