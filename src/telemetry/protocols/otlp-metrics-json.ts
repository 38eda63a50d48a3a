import { JsonMessage, JsonReader } from './json-message';
import { AttributeTexts, readAttributes } from './otlp-attribute-json';
import { Attribute, isResourceLabel, resourceLabels } from './otlp-attributes';
import {
  HistogramPoint,
  OtlpKind,
  OtlpMetric,
  OtlpPoints,
  OtlpResource,
  PointHead,
  seriesOfKind,
} from './otlp-points';
import { WireBatch, WireBatchBuilder } from './wire-batch';

const KINDS: readonly OtlpKind[] = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];
const NO_RECORDED_VALUE = 1;

/**
 * The data points of an OTLP metrics request in JSON: the same series, by the same rules, as `readOtlpMetrics` gives of its protobuf form.
 * Shape   body: what JSON.parse made of an `ExportMetricsServiceRequest` in lowerCamelCase; members we do not know are ignored.
 * Throws  InvalidWireBody naming the place of a member that is not of its type; WireBodyTooLarge.
 * @example readOtlpMetricsJson({ resourceMetrics: [] }).series.length // 0
 */
export function readOtlpMetricsJson(body: unknown): WireBatch {
  const batch = new WireBatchBuilder();
  new OtlpJsonRequest(new JsonReader(), new OtlpPoints(batch)).read(body);
  return batch.build();
}

class OtlpJsonRequest {
  constructor(
    private readonly reader: JsonReader,
    private readonly points: OtlpPoints,
  ) {}

  read(body: unknown): void {
    const { reader } = this;
    reader.each(reader.message(body), 'resourceMetrics', (resourceMetrics) => {
      this.points.countMessage();
      let attributes: Attribute[] = [];
      reader.nested(resourceMetrics, 'resource', (resource) => {
        attributes = readAttributes(reader, resource, 'attributes').filter(([key]) => isResourceLabel(key));
      });
      const resource = new OtlpResource(resourceLabels(attributes));
      reader.each(resourceMetrics, 'scopeMetrics', (scope) => {
        this.points.countMessage();
        reader.each(scope, 'metrics', (metric) => this.readMetric(resource, metric));
      });
    });
  }

  private readMetric(resource: OtlpResource, metric: JsonMessage): void {
    this.points.countMessage();
    const name = this.reader.text(metric, 'name');
    for (const kind of KINDS)
      this.reader.nested(metric, kind, (data) => this.readData(resource, name, kind, data));
  }

  private readData(resource: OtlpResource, name: string, kind: OtlpKind, data: JsonMessage): void {
    const { reader, points } = this;
    const temporality = reader.number(data, 'aggregationTemporality');
    const series = seriesOfKind(kind, temporality, reader.boolean(data, 'isMonotonic'));
    const metric = new OtlpMetric(resource, name, series);
    reader.each(data, 'dataPoints', (point) => {
      points.countMessage();
      if (series === null) points.refuseTemporality(metric);
      else this.readPoint(metric, kind, point);
    });
  }

  private readPoint(metric: OtlpMetric, kind: OtlpKind, point: JsonMessage): void {
    const { reader, points } = this;
    switch (kind) {
      case 'gauge':
      case 'sum':
        points.addNumber(
          metric,
          this.readHead(point),
          reader.double(point, 'asDouble') ?? reader.integer(point, 'asInt'),
        );
        break;
      case 'histogram':
        points.addHistogram(metric, {
          ...this.readCounts(point),
          bucketCounts: reader.integers(point, 'bucketCounts'),
          bounds: reader.doubles(point, 'explicitBounds'),
        });
        break;
      case 'exponentialHistogram':
        points.addHistogram(metric, { ...this.readCounts(point), bucketCounts: [], bounds: [] });
        break;
      case 'summary': {
        const { sum, ...counts } = this.readCounts(point);
        points.addSummary(metric, { ...counts, sum: sum ?? 0, quantiles: this.readQuantiles(point) });
      }
    }
  }

  private readHead(point: JsonMessage): PointHead {
    const { reader } = this;
    return {
      attributes: new AttributeTexts(readAttributes(reader, point, 'attributes')),
      timeMs: reader.timeMs(point, 'timeUnixNano'),
      isStale: (reader.number(point, 'flags') & NO_RECORDED_VALUE) !== 0,
    };
  }

  private readCounts(point: JsonMessage): Omit<HistogramPoint, 'bucketCounts' | 'bounds'> {
    const { reader } = this;
    return {
      ...this.readHead(point),
      count: reader.integer(point, 'count') ?? 0,
      sum: reader.double(point, 'sum'),
    };
  }

  private readQuantiles(point: JsonMessage): [quantile: number, value: number][] {
    const { reader } = this;
    const quantiles: [number, number][] = [];
    reader.each(point, 'quantileValues', (at) => {
      quantiles.push([reader.double(at, 'quantile') ?? 0, reader.double(at, 'value') ?? 0]);
    });
    return quantiles;
  }
}
