import { checkSeries, Labels } from '../metrics/labels';
import { isSampleTimeMs } from '../metrics/sample-time';
import type { SeriesBehaviour, SeriesType } from '../telemetry.types';
import { Attribute, attributeLabels, metricName } from './otlp-attributes';
import { WireBodyTooLarge } from './protocols.errors';
import type { WireBatchBuilder, WireIdentity, WireSeries, WireUnit } from './wire-batch';

/** A data point's attributes, which need not be read to tell points apart. */
export interface PointAttributes {
  /** The same for the same attributes in the same order, never for others; begins alike for one encoding only. */
  readonly key: string;
  read(): readonly Attribute[];
}

/** Where a metric's points come from. */
export class OtlpResource {
  readonly key: string;

  constructor(readonly labels: Labels) {
    this.key = withLength(JSON.stringify(Object.entries(labels)));
  }
}

export interface OtlpSeriesKind {
  readonly type: SeriesType;
  readonly behaviour: SeriesBehaviour;
}

export type OtlpKind = 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary';

/** `AggregationTemporality`: over the time since the point before, or since the start. */
const DELTA = 1;
const CUMULATIVE = 2;

/**
 * What the series of a kind of metric are, null where its temporality is none we know. A cumulative monotonic sum is a counter; one that may
 * fall is a gauge. A delta sum is a gauge of its increments, as are a delta histogram's counts: to add them up, a receiver would have to
 * have seen each exactly once.
 * @example seriesOfKind('sum', 2, true) // { type: 'counter', behaviour: 'counter' }
 */
export function seriesOfKind(
  kind: OtlpKind,
  temporality: number,
  isMonotonic: boolean,
): OtlpSeriesKind | null {
  if (kind === 'gauge') return { type: 'gauge', behaviour: 'gauge' };
  if (kind === 'summary') return { type: 'summary', behaviour: 'counter' };
  if (temporality !== DELTA && temporality !== CUMULATIVE) return null;
  if (kind !== 'sum')
    return { type: 'histogram', behaviour: temporality === CUMULATIVE ? 'counter' : 'gauge' };
  const type = temporality === CUMULATIVE && isMonotonic ? 'counter' : 'gauge';
  return { type, behaviour: type };
}

/** A metric: what its points' series have in common. */
export class OtlpMetric {
  /** In Prometheus' letters. */
  readonly name: string;
  readonly key: string;
  readonly type: SeriesType;
  readonly behaviour: SeriesBehaviour;

  constructor(
    readonly resource: OtlpResource,
    wireName: string,
    series: OtlpSeriesKind | null,
  ) {
    this.type = series?.type ?? 'untyped';
    this.behaviour = series?.behaviour ?? 'untyped';
    this.name = metricName(wireName);
    this.key = resource.key + withLength(this.name);
  }
}

/** Twice as many as the samples that a request may have. */
const MAX_MESSAGES = 400_000;

/** Buckets or quantiles of one point: each is a series. */
const MAX_PARTS = 10_000;

/** Refuses a point of more than 10,000 buckets or quantiles, for readers to ask as a list grows. Throws WireBodyTooLarge. */
export function checkPartCount(count: number): void {
  if (count > MAX_PARTS)
    throw new WireBodyTooLarge(`a data point has more than ${MAX_PARTS} buckets or quantiles`);
}

/** One series of a data point. */
interface Member {
  /** Its part of the series' key, the same for the same suffix and label. */
  readonly key: string;
  readonly suffix: '' | '_count' | '_sum' | '_bucket';
  readonly label: readonly [name: string, value: string] | null;
  /** Null where it is the metric's. */
  readonly behaviour: SeriesBehaviour | null;
  readonly unit: WireUnit;
}

const memberOf = (suffix: Member['suffix'], unit: WireUnit, label: Member['label'] = null): Member => ({
  key: withLength(suffix + (label?.[1] ?? '')),
  suffix,
  label,
  behaviour: null,
  unit,
});
const VALUE = memberOf('', 'sample');
const COUNT = memberOf('_count', 'histogram');
const SUM = memberOf('_sum', 'part');
const bucket = (le: string): Member => memberOf('_bucket', 'part', ['le', le]);
const quantileOf = (quantile: string): Member => ({
  ...memberOf('', 'part', ['quantile', quantile]),
  behaviour: 'gauge',
});

/** What a data point has, whatever its kind. */
export interface PointHead {
  readonly attributes: PointAttributes;
  readonly timeMs: number;
  /** Flag bit 1: the series had no value at that time. */
  readonly isStale: boolean;
}

export interface HistogramPoint extends PointHead {
  readonly count: number;
  /** Absent where values may be negative. */
  readonly sum: number | null;
  /** One more than bounds, or none of both. */
  readonly bucketCounts: readonly number[];
  readonly bounds: readonly number[];
}

export interface SummaryPoint extends PointHead {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
}

/** Writes OTLP's data points into a batch as Prometheus' series, whatever encoding they came in. */
export class OtlpPoints {
  private messages = 0;

  constructor(private readonly batch: WireBatchBuilder) {}

  /** One more resource, scope, metric or point, for readers to call at each: empty ones are cheap to send. Throws WireBodyTooLarge. */
  countMessage(): void {
    if (++this.messages > MAX_MESSAGES)
      throw new WireBodyTooLarge(
        `the body has more than ${MAX_MESSAGES} resources, scopes, metrics and data points; send fewer a request`,
      );
  }

  /** A gauge's or a sum's point; null where it has no value. */
  addNumber(metric: OtlpMetric, head: PointHead, value: number | null): void {
    if (value === null && !head.isStale) this.refuse(metric, 'a data point has no value');
    else if (this.hasTime(metric, head)) this.add(metric, head, VALUE, value ?? 0);
  }

  /** `_count`, `_sum` and, where bounds are explicit, a counter `_bucket` for each, over all values up to `le`. */
  addHistogram(metric: OtlpMetric, point: HistogramPoint): void {
    const { bucketCounts, bounds } = point;
    checkPartCount(bucketCounts.length);
    if (bucketCounts.length !== 0 && bucketCounts.length !== bounds.length + 1)
      this.refuse(metric, `a histogram has ${bucketCounts.length} buckets for ${bounds.length} bounds`);
    else if (!isIncreasing(bounds))
      this.refuse(metric, 'the bounds of a histogram are not finite and increasing');
    else if (this.hasTime(metric, point)) {
      this.add(metric, point, COUNT, point.count);
      if (point.sum !== null) this.add(metric, point, SUM, point.sum);
      let upTo = 0;
      bucketCounts.forEach((count, i) => {
        upTo += count;
        this.add(metric, point, bucket(i < bounds.length ? String(bounds[i]) : '+Inf'), upTo);
      });
    }
  }

  /** `_count`, `_sum`, and a gauge for each quantile. */
  addSummary(metric: OtlpMetric, point: SummaryPoint): void {
    checkPartCount(point.quantiles.length);
    if (!this.hasTime(metric, point)) return;
    this.add(metric, point, COUNT, point.count);
    this.add(metric, point, SUM, point.sum);
    for (const [quantile, value] of point.quantiles)
      this.add(metric, point, quantileOf(String(quantile)), value);
  }

  refuseTemporality(metric: OtlpMetric): void {
    this.refuse(metric, 'its aggregation temporality is neither delta nor cumulative');
  }

  private refuse(metric: OtlpMetric, reason: string): void {
    this.batch.refused.add(`${metric.name}: ${reason}`);
  }

  private hasTime(metric: OtlpMetric, { timeMs }: PointHead): boolean {
    // 0 is OTLP's word for unknown.
    if (timeMs !== 0 && isSampleTimeMs(timeMs)) return true;
    this.refuse(
      metric,
      timeMs === 0
        ? 'a data point has no time'
        : `the time of a data point, ${timeMs} ms, is outside 1970 to 2100`,
    );
    return false;
  }

  private add(
    metric: OtlpMetric,
    { attributes, timeMs, isStale }: PointHead,
    member: Member,
    value: number,
  ): void {
    const { batch } = this;
    batch.openRow();
    if (isStale) batch.setStale();
    else batch.setValue(value);
    batch.closeRow(batch.nextSeries, timeMs);
    batch.addSeries(new OtlpSeries(metric, attributes, member));
  }
}

class OtlpSeries implements WireSeries {
  readonly key: string;
  readonly unit: WireUnit;

  constructor(
    private readonly metric: OtlpMetric,
    private readonly attributes: PointAttributes,
    private readonly member: Member,
  ) {
    this.unit = member.unit;
    // Begins with a digit, as no key of remote write does.
    this.key = metric.key + member.key + attributes.key;
  }

  identify(): WireIdentity {
    const { metric, member } = this;
    const { name, type } = metric;
    const labels = { ...metric.resource.labels, ...attributeLabels(this.attributes.read()) };
    // With the longest name and the further label, so that a point's series are accepted together or not at all.
    if (type === 'histogram') checkSeries(`${name}_bucket`, { ...labels, le: '+Inf' });
    if (type === 'summary') checkSeries(`${name}_count`, { ...labels, quantile: '1' });
    const own = member.label === null ? labels : { ...labels, [member.label[0]]: member.label[1] };
    return {
      ...checkSeries(name + member.suffix, own),
      type,
      behaviour: member.behaviour ?? metric.behaviour,
    };
  }
}

function isIncreasing(bounds: readonly number[]): boolean {
  return bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > bounds[i - 1]));
}

/** Texts put one after the other stay apart. */
function withLength(text: string): string {
  return `${text.length}:${text}`;
}
