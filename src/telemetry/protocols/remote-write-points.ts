import type { Naming } from '../metrics/labels';
import { NativeHistogram } from './native-histogram';
import { bytesTag, fieldSet, fixed64Tag, ProtobufReader, varintTag } from './protobuf-reader';
import { WireBodyTooLarge } from './protocols.errors';
import {
  describeSeries,
  FamilyMetadata,
  NativeHistogramSeries,
  RemoteWriteSeries,
} from './remote-write-series';
import type { WireBatchBuilder } from './wire-batch';

/** `Sample { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }`; the last, of version 2.0, is passed over. */
export const SAMPLES = bytesTag(2);
const VALUE = fixed64Tag(1);
const TIMESTAMP = varintTag(2);
const SAMPLE_FIELDS = fieldSet(1, 2);

/** Twice as many as the samples that a request may have. */
const MAX_SERIES = 400_000;

const COUNT_SERIES = 0;
const SUM_SERIES = 1;

/** What one `TimeSeries` brings, whose labels may stand before or after it. */
export class RemoteWritePoints {
  private readonly histogram = new NativeHistogram();
  private begun = 0;
  private firstRow = 0;
  private firstSeries = 0;
  private samples = 0;
  private histograms = 0;
  private isGaugeHistogram = false;
  private refused = 0;
  private reason = '';

  constructor(
    private readonly batch: WireBatchBuilder,
    private readonly naming: Naming,
  ) {}

  /** One more series, however little it brings: empty ones are cheap to send. Throws WireBodyTooLarge. */
  begin(): void {
    if (++this.begun > MAX_SERIES)
      throw new WireBodyTooLarge(`the body has more than ${MAX_SERIES} series; send fewer a request`);
    this.firstRow = this.batch.row;
    this.firstSeries = this.batch.nextSeries;
    this.samples = 0;
    this.histograms = 0;
    this.isGaugeHistogram = false;
    this.refused = 0;
  }

  get isEmpty(): boolean {
    return this.samples === 0 && this.histograms === 0;
  }

  /** Reads the sample at the reader's position. */
  readSample(reader: ProtobufReader): void {
    const { batch } = this;
    batch.openRow();
    let timeMs = 0;
    const outer = reader.enter();
    while (reader.position < reader.end) {
      const tag = reader.tag();
      if (tag === VALUE) reader.copyFixed64(batch.valueBits, 2 * batch.row);
      else if (tag === TIMESTAMP) timeMs = reader.int64();
      else reader.skip(tag, SAMPLE_FIELDS);
    }
    reader.leave(outer);
    this.samples++;
    if (!batch.closeRow(this.firstSeries, timeMs)) this.refuse(`time ${timeMs} is outside 1970 to 2100`);
  }

  /** Reads the native histogram at the reader's position, of which its count and its sum are kept. */
  readHistogram(reader: ProtobufReader): void {
    const { batch, histogram } = this;
    histogram.read(reader);
    this.histograms++;
    if (histogram.fault !== null) {
      this.refuse(`a histogram is not sound: ${histogram.fault}`);
      return;
    }
    this.isGaugeHistogram = histogram.isGauge;
    batch.openRow();
    if (histogram.isStale) batch.setStale();
    else batch.setValue(histogram.count);
    if (!batch.closeRow(this.firstSeries + COUNT_SERIES, histogram.timeMs)) {
      this.refuse(`time ${histogram.timeMs} is outside 1970 to 2100`);
      return;
    }
    batch.openRow();
    batch.valueBits.set(histogram.sumBits, 2 * batch.row);
    batch.closeRow(this.firstSeries + SUM_SERIES, histogram.timeMs);
  }

  /** Gives what was read to the series of these labels. */
  end(key: string, metadata: FamilyMetadata | null): void {
    const { batch, naming } = this;
    if (this.samples > 0 && this.histograms > 0) {
      this.refuseAll(
        `${describeSeries(key, naming)}: has samples and histograms; a series has only one of them`,
      );
      return;
    }
    if (this.refused > 0) batch.refused.add(`${describeSeries(key, naming)}: ${this.reason}`, this.refused);
    if (batch.row === this.firstRow) return;
    if (this.samples > 0) {
      batch.addSeries(new RemoteWriteSeries(key, naming, metadata));
      return;
    }
    const isGauge = this.isGaugeHistogram || metadata?.isGauge === true;
    batch.addSeries(new NativeHistogramSeries(key, '_count', naming, isGauge));
    batch.addSeries(new NativeHistogramSeries(key, '_sum', naming, isGauge));
  }

  /** Takes back what was read since `begin`: no series can have it. */
  refuseAll(reason: string): void {
    this.batch.row = this.firstRow;
    this.batch.refused.add(reason, Math.max(1, this.samples + this.histograms));
  }

  private refuse(reason: string): void {
    if (this.refused++ === 0) this.reason = reason;
  }
}
