import { FieldRuns } from './field-runs';
import { AttributeBytes } from './otlp-attribute-bytes';
import { checkPartCount, HistogramPoint, OtlpKind, OtlpMetric, OtlpPoints, PointHead } from './otlp-points';
import {
  bytesTag,
  fieldSet,
  fixed64Tag,
  nanosecondsToMs,
  ProtobufReader,
  varintTag,
} from './protobuf-reader';

/** Where each kind of data point has what all of them have. */
interface PointFields {
  readonly attributes: number;
  readonly flags: number;
  /** The fields we read, for those that come as another type than they have. */
  readonly known: number;
}

const TIME = fixed64Tag(3);
const NO_RECORDED_VALUE = 1;

const NUMBER: PointFields = {
  attributes: bytesTag(7),
  flags: varintTag(8),
  known: fieldSet(3, 4, 6, 7, 8),
};
const AS_DOUBLE = fixed64Tag(4);
const AS_INT = fixed64Tag(6);

const HISTOGRAM: PointFields = {
  attributes: bytesTag(9),
  flags: varintTag(10),
  known: fieldSet(3, 4, 5, 6, 7, 9, 10),
};
const EXPONENTIAL: PointFields = {
  attributes: bytesTag(1),
  flags: varintTag(10),
  known: fieldSet(1, 3, 4, 5, 10),
};
/** The same in histograms and summaries. */
const COUNT = fixed64Tag(4);
const SUM = fixed64Tag(5);
const BUCKET_COUNT = fixed64Tag(6);
const BUCKET_COUNTS = bytesTag(6);
const BOUND = fixed64Tag(7);
const BOUNDS = bytesTag(7);

const SUMMARY: PointFields = {
  attributes: bytesTag(7),
  flags: varintTag(8),
  known: fieldSet(3, 4, 5, 6, 7, 8),
};
const QUANTILES = bytesTag(6);
const QUANTILE = fixed64Tag(1);
const QUANTILE_VALUE = fixed64Tag(2);
const QUANTILE_FIELDS = fieldSet(1, 2);

/** Reads the data point of a kind at the reader's position. Throws InvalidWireBody. */
export function readPoint(
  reader: ProtobufReader,
  points: OtlpPoints,
  metric: OtlpMetric,
  kind: OtlpKind,
): void {
  const outer = reader.enter();
  switch (kind) {
    case 'gauge':
    case 'sum':
      readNumber(reader, points, metric);
      break;
    case 'histogram':
      points.addHistogram(metric, readHistogram(reader, HISTOGRAM));
      break;
    case 'exponentialHistogram':
      // Of its buckets, whose bounds move with the data, none is kept.
      points.addHistogram(metric, { ...readHistogram(reader, EXPONENTIAL), bucketCounts: [], bounds: [] });
      break;
    case 'summary':
      readSummary(reader, points, metric);
  }
  reader.leave(outer);
}

function readNumber(reader: ProtobufReader, points: OtlpPoints, metric: OtlpMetric): void {
  let value: number | null = null;
  const head = readFields(reader, NUMBER, (tag) => {
    if (tag === AS_DOUBLE) value = reader.double();
    else if (tag === AS_INT) value = reader.sfixed64();
    else return false;
    return true;
  });
  points.addNumber(metric, head, value);
}

function readHistogram(reader: ProtobufReader, fields: PointFields): HistogramPoint {
  let count = 0;
  let sum: number | null = null;
  const bucketCounts: number[] = [];
  const bounds: number[] = [];
  const head = readFields(reader, fields, (tag) => {
    if (tag === COUNT) count = reader.fixed64();
    else if (tag === SUM) sum = reader.double();
    else if (fields === EXPONENTIAL) return false;
    else if (tag === BUCKET_COUNT) checkPartCount(bucketCounts.push(reader.fixed64()));
    else if (tag === BOUND) checkPartCount(bounds.push(reader.double()));
    else if (tag === BUCKET_COUNTS)
      readPacked(reader, () => checkPartCount(bucketCounts.push(reader.fixed64())));
    else if (tag === BOUNDS) readPacked(reader, () => checkPartCount(bounds.push(reader.double())));
    else return false;
    return true;
  });
  return { ...head, count, sum, bucketCounts, bounds };
}

function readSummary(reader: ProtobufReader, points: OtlpPoints, metric: OtlpMetric): void {
  let count = 0;
  let sum = 0;
  const quantiles: [number, number][] = [];
  const head = readFields(reader, SUMMARY, (tag) => {
    if (tag === COUNT) count = reader.fixed64();
    else if (tag === SUM) sum = reader.double();
    else if (tag === QUANTILES) checkPartCount(quantiles.push(readQuantile(reader)));
    else return false;
    return true;
  });
  points.addSummary(metric, { ...head, count, sum, quantiles });
}

/** Reads what all points have, and leaves each other field to `read`, which says whether it has read it. */
function readFields(reader: ProtobufReader, fields: PointFields, read: (tag: number) => boolean): PointHead {
  let timeMs = 0;
  let flags = 0;
  const attributes = new FieldRuns();
  while (reader.position < reader.end) {
    const start = reader.position;
    const tag = reader.tag();
    if (tag === fields.attributes) attributes.take(reader, start);
    else if (tag === TIME) {
      const low = reader.fixed32();
      timeMs = nanosecondsToMs(reader.fixed32(), low);
    } else if (tag === fields.flags) flags = reader.uint32();
    else if (!read(tag)) reader.skip(tag, fields.known);
  }
  return {
    attributes: new AttributeBytes(attributes.text(reader)),
    timeMs,
    isStale: (flags & NO_RECORDED_VALUE) !== 0,
  };
}

function readPacked(reader: ProtobufReader, readOne: () => void): void {
  const outer = reader.enter();
  while (reader.position < reader.end) readOne();
  reader.leave(outer);
}

function readQuantile(reader: ProtobufReader): [quantile: number, value: number] {
  const outer = reader.enter();
  let quantile = 0;
  let value = 0;
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === QUANTILE) quantile = reader.double();
    else if (tag === QUANTILE_VALUE) value = reader.double();
    else reader.skip(tag, QUANTILE_FIELDS);
  }
  reader.leave(outer);
  return [quantile, value];
}
