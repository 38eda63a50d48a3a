import type { SeriesType } from '../telemetry.types';
import { FieldRuns } from './field-runs';
import { LABELS } from './label-bytes';
import { bytesTag, fieldSet, ProtobufReader, varintTag } from './protobuf-reader';
import { WireBodyTooLarge } from './protocols.errors';
import { RemoteWritePoints, SAMPLES } from './remote-write-points';
import { familyMetadata } from './remote-write-series';
import { WireBatch, WireBatchBuilder } from './wire-batch';

/** `prometheus.WriteRequest`, of which exemplars, help and unit are passed over. */
const TIME_SERIES = bytesTag(1);
const METADATA = bytesTag(3);
const REQUEST_FIELDS = fieldSet(1, 3);
const HISTOGRAMS = bytesTag(4);
const TIME_SERIES_FIELDS = fieldSet(1, 2, 4);
const METRIC_TYPE = varintTag(1);
const FAMILY_NAME = bytesTag(2);
const METADATA_FIELDS = fieldSet(1, 2);

const MAX_FAMILIES = 50_000;
const MAX_NAME_LENGTH = 256;

/**
 * The samples of a remote write 1.0 request.
 * Shape   body: `prometheus.WriteRequest`, decompressed. A series without samples is nothing.
 * Kept    Samples bit for bit; of a native histogram its count and its sum; types by family (`families`).
 * Refused Samples outside 1970 to 2100, histograms that contradict themselves. Labels are checked where the receiver asks a series to
 *         `identify`: one whose key it has met has passed before.
 * Throws  InvalidWireBody where the bytes are no such message; WireBodyTooLarge.
 * Source  prometheus.io/docs/specs/prw/remote_write_spec
 */
export function readRemoteWrite1(body: Buffer): WireBatch {
  const reader = new ProtobufReader(body);
  const batch = new WireBatchBuilder();
  const points = new RemoteWritePoints(batch, 'classic');
  const labels = new FieldRuns();
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === TIME_SERIES) readTimeSeries(reader, points, labels);
    else if (tag === METADATA) readMetadata(reader, batch.families);
    else reader.skip(tag, REQUEST_FIELDS);
  }
  return batch.build();
}

function readTimeSeries(reader: ProtobufReader, points: RemoteWritePoints, labels: FieldRuns): void {
  const outer = reader.enter();
  points.begin();
  labels.clear();
  while (reader.position < reader.end) {
    const start = reader.position;
    const tag = reader.tag();
    if (tag === LABELS) labels.take(reader, start);
    else if (tag === SAMPLES) points.readSample(reader);
    else if (tag === HISTOGRAMS) points.readHistogram(reader);
    else reader.skip(tag, TIME_SERIES_FIELDS);
  }
  reader.leave(outer);
  if (!points.isEmpty) points.end(labels.text(reader), null);
}

function readMetadata(reader: ProtobufReader, families: Map<string, SeriesType>): void {
  const outer = reader.enter();
  let metricType = 0;
  let name = '';
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === METRIC_TYPE) metricType = reader.int64();
    else if (tag === FAMILY_NAME) name = reader.text();
    else reader.skip(tag, METADATA_FIELDS);
  }
  reader.leave(outer);
  const metadata = familyMetadata(metricType);
  if (metadata === null || name === '' || name.length > MAX_NAME_LENGTH) return;
  families.set(name, metadata.type);
  if (families.size > MAX_FAMILIES)
    throw new WireBodyTooLarge(`the body has metadata of more than ${MAX_FAMILIES} metrics`);
}
