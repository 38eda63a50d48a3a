import { Anomaly } from './product-answers';

/** Something the product's stream told, and when we heard of it. */
export interface HeardEvent {
  readonly atMs: number;
  /** `opened`, `resolved` and so on. */
  readonly event: string;
  readonly anomaly: Anomaly;
}

/** One fault that was put into the service. */
export interface FaultTrial {
  /** The label `job` of the service's series. */
  readonly job: string;
  /** The metric in which the fault must be seen. */
  readonly metric: string;
  readonly injectedAtMs: number;
  /** Null while it goes on. */
  readonly endedAtMs: number | null;
}

interface TrialReport {
  /** The first anomaly of the fault's own metric. */
  readonly anomaly: Anomaly | null;
  readonly openedAfterSeconds: number | null;
  /** Seconds from the fault's end until every anomaly of its own metric was resolved. */
  readonly resolvedAfterSeconds: number | null;
  /** Anomalies of the service's other metrics while the fault was on. */
  readonly alsoFound: readonly Anomaly[];
  /** The fault has ended, and the anomalies of its own metric are resolved. */
  readonly isOver: boolean;
  /** As well as whatever else opened meanwhile. */
  readonly isQuiet: boolean;
  /** What did not happen as it should; empty where all did. */
  readonly complaints: readonly string[];
}

/** An anomaly must open this soon after the fault. */
export const OPEN_WITHIN_SECONDS = 60;

/**
 * What came of a fault: found in time, and resolved once it was over?
 * The fault's anomalies are those of the service that opened, or opened again, while it was on.
 * @example judgeTrial(trial, []).complaints // ['no anomaly of orders_response_seconds opened']
 */
export function judgeTrial(trial: FaultTrial, events: readonly HeardEvent[]): TrialReport {
  const openings = openingsOf(trial, events);
  const own = openings.filter(({ anomaly }) => anomaly.metric?.name === trial.metric);
  const closings = own.map((opening) => closingOf(opening, events));
  const first = own.at(0) ?? null;
  const openedAfterSeconds = first === null ? null : secondsBetween(trial.injectedAtMs, first.atMs);
  const lastClosing = closings.reduce<number | null>(
    (last, atMs) => (last === null || atMs === null ? null : Math.max(last, atMs)),
    own.length === 0 ? null : 0,
  );
  const resolvedAfterSeconds =
    trial.endedAtMs === null || lastClosing === null ? null : secondsBetween(trial.endedAtMs, lastClosing);
  return {
    anomaly: first?.anomaly ?? null,
    openedAfterSeconds,
    resolvedAfterSeconds,
    alsoFound: openings.filter((opening) => !own.includes(opening)).map(({ anomaly }) => anomaly),
    isOver: trial.endedAtMs !== null && closings.every((atMs) => atMs !== null),
    isQuiet: trial.endedAtMs !== null && openings.every((opening) => closingOf(opening, events) !== null),
    complaints: complaintsOf(trial.metric, openedAfterSeconds, resolvedAfterSeconds),
  };
}

/** Openings that none of the trials explains: false alarms, or something real that nobody planned. */
export function unexplained(trials: readonly FaultTrial[], events: readonly HeardEvent[]): HeardEvent[] {
  const explained = new Set(trials.flatMap((trial) => openingsOf(trial, events)));
  return events.filter((event) => isOpening(event) && !explained.has(event));
}

function openingsOf(trial: FaultTrial, events: readonly HeardEvent[]): HeardEvent[] {
  const { job, injectedAtMs, endedAtMs } = trial;
  return events.filter(
    (event) =>
      isOpening(event) &&
      event.anomaly.metric?.labels.job === job &&
      event.atMs >= injectedAtMs &&
      event.atMs <= (endedAtMs ?? Infinity),
  );
}

function isOpening({ event }: HeardEvent): boolean {
  return event === 'opened' || event === 'reopened';
}

function closingOf(opening: HeardEvent, events: readonly HeardEvent[]): number | null {
  const later = events.slice(events.indexOf(opening) + 1);
  return (
    later.find(({ event, anomaly }) => event === 'resolved' && anomaly.id === opening.anomaly.id)?.atMs ??
    null
  );
}

function complaintsOf(metric: string, openedAfter: number | null, resolvedAfter: number | null): string[] {
  if (openedAfter === null) return [`no anomaly of ${metric} opened`];
  const complaints: string[] = [];
  if (openedAfter > OPEN_WITHIN_SECONDS) {
    complaints.push(
      `the anomaly of ${metric} opened after ${openedAfter.toFixed(1)} s instead of ${OPEN_WITHIN_SECONDS}`,
    );
  }
  if (resolvedAfter === null) complaints.push(`the anomaly of ${metric} did not resolve after the fault`);
  else if (resolvedAfter < 0)
    complaints.push(`the anomaly of ${metric} resolved while the fault was still on`);
  return complaints;
}

function secondsBetween(fromMs: number, toMs: number): number {
  return (toMs - fromMs) / 1_000;
}
