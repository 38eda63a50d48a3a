const DIRECTIONS = ['high', 'low', 'shaped'] as const;
type Direction = (typeof DIRECTIONS)[number];

/** What of an anomaly says what kind of trouble it is. */
export interface ClassifiedAnomaly {
  readonly source: string;
  readonly metric: object | null;
  readonly labels: Readonly<Record<string, string>> | null;
  /** Null where no alert is behind it. */
  readonly alertIdentity: string | null;
}

/**
 * The kind of trouble: which metric left its band and to which side, which alert fired, or else who reported it. Where it is does not count:
 * what helps a service that leaks is learnt from any of them.
 * @example anomalyClassOf({ metric: { name: 'rss_bytes', peak_value: 9, usual_upper: 5, … }, … }) // 'metric:rss_bytes:high'
 */
export function anomalyClassOf({ source, metric, labels, alertIdentity }: ClassifiedAnomaly): string {
  const { name, ...shown } = (metric ?? {}) as { name?: unknown };
  if (typeof name === 'string') return `metric:${name}:${directionOf(shown)}`;
  const alertname = alertIdentity === null ? undefined : labels?.alertname;
  return alertname === undefined ? `source:${source}` : `alert:${alertname}`;
}

/** To which side the worst point lies of what is usual. */
function directionOf(shown: object): Direction {
  const { peak_value: peak, usual_lower: lower, usual_upper: upper } = shown as Record<string, unknown>;
  if (typeof peak !== 'number') return 'shaped';
  if (typeof upper === 'number' && peak > upper) return 'high';
  return typeof lower === 'number' && peak < lower ? 'low' : 'shaped';
}

/** What the anomalies of a class have in common: the metric and the side that it left its band to, or the name of the alert. */
export type AnomalyClass =
  | { readonly kind: 'metric'; readonly name: string; readonly direction: Direction }
  | { readonly kind: 'alert'; readonly name: string };

/**
 * A class, taken apart; null where it only says who reported.
 * @example readAnomalyClass('metric:job:rss:rate5m:low') // { kind: 'metric', name: 'job:rss:rate5m', direction: 'low' }
 */
export function readAnomalyClass(anomalyClass: string): AnomalyClass | null {
  if (anomalyClass.startsWith('alert:')) return { kind: 'alert', name: anomalyClass.slice('alert:'.length) };
  const end = anomalyClass.lastIndexOf(':');
  const direction = DIRECTIONS.find((each) => each === anomalyClass.slice(end + 1));
  if (!anomalyClass.startsWith('metric:') || end < 'metric:'.length || direction === undefined) return null;
  return { kind: 'metric', name: anomalyClass.slice('metric:'.length, end), direction };
}
