import { EpisodeChange, EpisodeEnded, Finding } from '../ml/ml.types';
import type { Anomaly } from './anomaly.entity';
import { MetricEvidence, NewAnomaly } from './anomaly.types';
import { SELF_RESOLUTIONS } from './self-resolution';
import { severityOf } from './severity';

const MAX_TITLE = 200;

/** What detection has found, as the anomaly that it is or will be. */
export interface FoundTrouble {
  readonly anomaly: NewAnomaly & { readonly metric: MetricEvidence };
  /** A new episode that begins this soon after the last is the old trouble come back. */
  readonly reopenSeconds: number;
}

/** What an episode that has not ended shows of itself. */
export function foundTroubleOf(finding: Finding): FoundTrouble {
  return { anomaly: anomalyOf(finding), reopenSeconds: finding.reopenSeconds };
}

/** By the samples' own time: the new episode begins within the reopen window after the last sighting. */
export function isSameTrouble(
  { status, deletedAt, lastSeenAt }: Pick<Anomaly, 'status' | 'deletedAt' | 'lastSeenAt'>,
  { anomaly: { metric }, reopenSeconds }: FoundTrouble,
): boolean {
  if (status !== 'resolved' || deletedAt !== null || lastSeenAt === null) return false;
  return metric.onsetAt.getTime() - lastSeenAt.getTime() <= reopenSeconds * 1_000;
}

function anomalyOf(finding: Finding): FoundTrouble['anomaly'] {
  const { change } = finding;
  return {
    title: titleOf(finding),
    description: describe(finding),
    severity: severityOf(change.evidence.score),
    status: 'open',
    anomalyScore: change.evidence.score,
    confidence: change.evidence.confidence,
    source: 'ml_model',
    explanation: null,
    metricsData: null,
    metric: {
      seriesId: finding.seriesId,
      onsetAt: new Date(change.onsetMs),
      lastSeenAt: new Date(change.atMs),
      detail: detailOf(finding),
    },
    alert: null,
    labels: labelsOf(finding),
    membership: null,
  };
}

/** What an anomaly shows of its series: the worst point so far, its band, and the numbers behind its score. Infinite numbers become null in JSON. */
function detailOf({ title, name, labels, tier, change, intervalSeconds }: Finding): object {
  const { evidence, usual, peak } = change;
  return {
    series: title,
    name,
    labels,
    tier,
    value: change.value,
    expected: evidence.expected,
    lower: evidence.lower,
    upper: evidence.upper,
    usual_lower: usual.lower,
    usual_upper: usual.upper,
    peak_value: peak.value,
    peak_at: new Date(peak.atMs).toISOString(),
    evidence_at: new Date(evidence.atMs).toISOString(),
    evidence_value: evidence.value,
    score: evidence.score,
    surprise: evidence.surprise,
    threshold: evidence.threshold,
    views: evidence.views,
    statistics: evidence.statistics,
    interval_seconds: intervalSeconds,
  };
}

/** The series' labels, its name as `__name__`, as matchers see them. */
function labelsOf({ name, labels }: Pick<Finding, 'name' | 'labels'>): Record<string, string> {
  return { ...labels, __name__: name };
}

function titleOf({ name, labels, title, change }: Finding): string {
  const direction = directionOf(change);
  const host = labels.host ?? labels.instance ?? labels.job;
  const full =
    host === undefined ? `${name} is unusually ${direction}` : `${name} on ${host} is unusually ${direction}`;
  return full.length <= MAX_TITLE ? full : `${title.slice(0, MAX_TITLE - 1)}…`;
}

function directionOf({ peak, usual }: EpisodeChange): string {
  if (peak.value > usual.upper) return 'high';
  return peak.value < usual.lower ? 'low' : 'shaped';
}

function describe({ title, change }: Finding): string {
  const { usual, peak, evidence } = change;
  const rarity =
    evidence.surprise >= 6
      ? 'less than one in a million'
      : `about one in ${Math.round(10 ** evidence.surprise).toLocaleString('en')}`;
  return (
    `${title} reached ${show(peak.value)}; it usually lies between ${show(usual.lower)} and ${show(usual.upper)}. ` +
    `Out of the ordinary since ${new Date(change.onsetMs).toISOString()}; a point like this is ${rarity} for this series.`
  );
}

/** What a system resolution says. */
export function resolutionOf({ outcome }: EpisodeEnded): string {
  return outcome === 'recovered' ? SELF_RESOLUTIONS.recovered : SELF_RESOLUTIONS.settled;
}

/** Four significant digits, as people read numbers. */
function show(value: number): string {
  if (!Number.isFinite(value)) return 'unknown';
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e15
    ? rounded.toExponential()
    : rounded.toLocaleString('en', { maximumFractionDigits: 10 });
}
