import { bytesTag, fieldSet, ProtobufReader, varintTag } from './protobuf-reader';
import { RemoteWritePoints, SAMPLES } from './remote-write-points';
import { FamilyMetadata, familyMetadata } from './remote-write-series';
import { SymbolTable } from './symbol-table';
import { WireBatch, WireBatchBuilder } from './wire-batch';

/** `io.prometheus.write.v2.Request`, of which exemplars, start timestamps, help and unit are passed over. */
const SYMBOLS = bytesTag(4);
const TIME_SERIES = bytesTag(5);
const REQUEST_FIELDS = fieldSet(4, 5);
const LABEL_REF = varintTag(1);
const LABEL_REFS = bytesTag(1);
const HISTOGRAMS = bytesTag(3);
const METADATA = bytesTag(5);
const TIME_SERIES_FIELDS = fieldSet(1, 2, 3, 5);
const METRIC_TYPE = varintTag(1);
const METADATA_FIELDS = fieldSet(1);

/** Twice what a series may have that can be accepted, its name included. */
const MAX_REFS = 128;

/**
 * The samples of a remote write 2.0 request.
 * Shape   body: `io.prometheus.write.v2.Request`, decompressed.
 * Kept    Samples bit for bit; of a native histogram its count and its sum; each series' type. Names may be any UTF-8.
 * Refused Series whose references are odd in number or point at nothing, that have neither samples nor histograms, or both; samples
 *         outside 1970 to 2100; histograms that contradict themselves. Labels are checked where the receiver asks a series to `identify`.
 * Throws  InvalidWireBody where the bytes are no such message; WireBodyTooLarge.
 * Source  prometheus.io/docs/specs/prw/remote_write_spec_2_0
 */
export function readRemoteWrite2(body: Buffer): WireBatch {
  const reader = new ProtobufReader(body);
  const symbols = new SymbolTable(body);
  // Two walks over the outermost fields: symbols may stand after the series that point at them.
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === SYMBOLS) symbols.read(reader);
    else if (tag === TIME_SERIES) reader.advance(reader.byteLength());
    else reader.skip(tag, REQUEST_FIELDS);
  }
  reader.position = 0;
  const batch = new WireBatchBuilder();
  const series = new SymbolisedSeries(symbols, new RemoteWritePoints(batch, 'utf8'));
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === TIME_SERIES) series.read(reader);
    else reader.skip(tag, 0);
  }
  return batch.build();
}

/** Reads one `TimeSeries` after the other. */
class SymbolisedSeries {
  private readonly refs = new Uint32Array(MAX_REFS);
  private refCount = 0;

  constructor(
    private readonly symbols: SymbolTable,
    private readonly points: RemoteWritePoints,
  ) {}

  read(reader: ProtobufReader): void {
    const { points } = this;
    const outer = reader.enter();
    let metadata: FamilyMetadata | null = null;
    points.begin();
    this.refCount = 0;
    while (reader.position < reader.end) {
      const tag = reader.tag();
      if (tag === LABEL_REFS) {
        const around = reader.enter();
        while (reader.position < reader.end) this.addRef(reader.uint32());
        reader.leave(around);
      } else if (tag === LABEL_REF) this.addRef(reader.uint32());
      else if (tag === SAMPLES) points.readSample(reader);
      else if (tag === HISTOGRAMS) points.readHistogram(reader);
      else if (tag === METADATA) metadata = readMetadata(reader);
      else reader.skip(tag, TIME_SERIES_FIELDS);
    }
    reader.leave(outer);
    const fault = this.fault();
    if (fault !== null) points.refuseAll(fault);
    else points.end(this.key(), metadata);
  }

  private addRef(ref: number): void {
    if (this.refCount < MAX_REFS) this.refs[this.refCount] = ref;
    this.refCount++;
  }

  private fault(): string | null {
    const { refs, refCount, symbols } = this;
    if (refCount > MAX_REFS) return `a series has ${refCount} label references; at most ${MAX_REFS} are read`;
    if (refCount % 2 !== 0) return `a series has ${refCount} label references; they come in pairs`;
    for (let i = 0; i < refCount; i++) {
      if (!symbols.has(refs[i]))
        return `a series refers to symbol ${refs[i]}, which the request does not have`;
      if (symbols.isTooLong(refs[i])) return 'a series has a label that is longer than 2048 bytes of UTF-8';
    }
    return this.points.isEmpty ? 'a series has neither samples nor histograms' : null;
  }

  private key(): string {
    const { refs, refCount, symbols } = this;
    let key = '';
    for (let i = 0; i < refCount; i += 2) key += symbols.label(refs[i], refs[i + 1]);
    return key;
  }
}

function readMetadata(reader: ProtobufReader): FamilyMetadata | null {
  const outer = reader.enter();
  let metricType = 0;
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === METRIC_TYPE) metricType = reader.int64();
    else reader.skip(tag, METADATA_FIELDS);
  }
  reader.leave(outer);
  return familyMetadata(metricType);
}
