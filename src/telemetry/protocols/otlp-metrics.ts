import { readWantedAttribute } from './otlp-attribute-bytes';
import { Attribute, checkAttributeCount, isResourceLabel, resourceLabels } from './otlp-attributes';
import { readPoint } from './otlp-point-bytes';
import { OtlpKind, OtlpMetric, OtlpPoints, OtlpResource, seriesOfKind } from './otlp-points';
import { bytesTag, fieldSet, ProtobufReader, varintTag } from './protobuf-reader';
import { WireBatch, WireBatchBuilder } from './wire-batch';

/** `ExportMetricsServiceRequest` and what stands in it, down to the metric. */
const RESOURCE_METRICS = bytesTag(1);
const REQUEST_FIELDS = fieldSet(1);
const RESOURCE = bytesTag(1);
const SCOPE_METRICS = bytesTag(2);
const RESOURCE_METRICS_FIELDS = fieldSet(1, 2);
const ATTRIBUTES = bytesTag(1);
const RESOURCE_FIELDS = fieldSet(1);
const METRICS = bytesTag(2);
const SCOPE_METRICS_FIELDS = fieldSet(2);
const NAME = bytesTag(1);
const KINDS: ReadonlyMap<number, OtlpKind> = new Map([
  [bytesTag(5), 'gauge'],
  [bytesTag(7), 'sum'],
  [bytesTag(9), 'histogram'],
  [bytesTag(10), 'exponentialHistogram'],
  [bytesTag(11), 'summary'],
]);
const METRIC_FIELDS = fieldSet(1, 5, 7, 9, 10, 11);
/** The same in a gauge, a sum, a histogram and a summary, as far as each has it. */
const DATA_POINTS = bytesTag(1);
const TEMPORALITY = varintTag(2);
const IS_MONOTONIC = varintTag(3);
const DATA_FIELDS = fieldSet(1, 2, 3);

/**
 * The data points of an OTLP metrics request in protobuf, as Prometheus' series (`OtlpPoints` and `otlp-attributes.ts` say by what rules).
 * Shape   body: `ExportMetricsServiceRequest`, decompressed.
 * Refused Points without time, value or known temporality, and histograms that contradict themselves. Labels are checked where the receiver asks a
 *         series to `identify`.
 * Throws  InvalidWireBody where the bytes are no such message; WireBodyTooLarge.
 * Source  opentelemetry-proto 1.x; opentelemetry.io/docs/specs/otlp
 */
export function readOtlpMetrics(body: Buffer): WireBatch {
  const batch = new WireBatchBuilder();
  const request = new OtlpRequest(new ProtobufReader(body), new OtlpPoints(batch));
  request.read();
  return batch.build();
}

/**
 * Walks one request. Where a message's fields are needed before others that may stand ahead of them, it is walked twice, which stores
 * nothing of what it passes over.
 */
class OtlpRequest {
  constructor(
    private readonly reader: ProtobufReader,
    private readonly points: OtlpPoints,
  ) {}

  read(): void {
    this.eachField(REQUEST_FIELDS, (tag) => {
      if (tag !== RESOURCE_METRICS) return false;
      this.nested(() => this.readResourceMetrics());
      return true;
    });
  }

  private readResourceMetrics(): void {
    const { reader } = this;
    const start = reader.position;
    const attributes: Attribute[] = [];
    this.eachField(RESOURCE_METRICS_FIELDS, (tag) => {
      if (tag === SCOPE_METRICS) reader.advance(reader.byteLength());
      else if (tag === RESOURCE) this.nested(() => this.readResource(attributes));
      else return false;
      return true;
    });
    reader.position = start;
    let resource: OtlpResource | null = null;
    this.eachField(0, (tag) => {
      if (tag !== SCOPE_METRICS) return false;
      const from = (resource ??= new OtlpResource(resourceLabels(attributes)));
      this.nested(() => this.readScopeMetrics(from));
      return true;
    });
  }

  private readResource(attributes: Attribute[]): void {
    this.eachField(RESOURCE_FIELDS, (tag) => {
      if (tag !== ATTRIBUTES) return false;
      const attribute = readWantedAttribute(this.reader, isResourceLabel);
      if (attribute !== null) checkAttributeCount(attributes.push(attribute));
      return true;
    });
  }

  private readScopeMetrics(resource: OtlpResource): void {
    this.eachField(SCOPE_METRICS_FIELDS, (tag) => {
      if (tag !== METRICS) return false;
      this.nested(() => this.readMetric(resource));
      return true;
    });
  }

  private readMetric(resource: OtlpResource): void {
    const { reader } = this;
    const start = reader.position;
    let name = '';
    this.eachField(METRIC_FIELDS, (tag) => {
      if (tag === NAME) name = reader.text();
      else if (KINDS.has(tag)) reader.advance(reader.byteLength());
      else return false;
      return true;
    });
    reader.position = start;
    this.eachField(0, (tag) => {
      const kind = KINDS.get(tag);
      if (kind === undefined) return false;
      this.nested(() => this.readData(resource, name, kind));
      return true;
    });
  }

  private readData(resource: OtlpResource, name: string, kind: OtlpKind): void {
    const { reader, points } = this;
    const start = reader.position;
    let temporality = 0;
    let isMonotonic = false;
    this.eachField(DATA_FIELDS, (tag) => {
      if (tag === DATA_POINTS) reader.advance(reader.byteLength());
      else if (tag === TEMPORALITY) temporality = reader.int64();
      else if (tag === IS_MONOTONIC) isMonotonic = reader.uint64() !== 0;
      else return false;
      return true;
    });
    reader.position = start;
    const series = seriesOfKind(kind, temporality, isMonotonic);
    const metric = new OtlpMetric(resource, name, series);
    this.eachField(0, (tag) => {
      if (tag !== DATA_POINTS) return false;
      points.countMessage();
      if (series === null) {
        reader.advance(reader.byteLength());
        points.refuseTemporality(metric);
      } else readPoint(reader, points, metric, kind);
      return true;
    });
  }

  /** Calls `read` at each field of the current message, and passes over those that it says it has not read. */
  private eachField(known: number, read: (tag: number) => boolean): void {
    const { reader } = this;
    while (reader.position < reader.end) {
      const tag = reader.tag();
      if (!read(tag)) reader.skip(tag, known);
    }
  }

  private nested(read: () => void): void {
    this.points.countMessage();
    const outer = this.reader.enter();
    read();
    this.reader.leave(outer);
  }
}
