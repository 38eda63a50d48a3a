import type { SeriesIdentity } from '../metrics/labels';
import { isSampleTimeMs } from '../metrics/sample-time';
import { SeriesBehaviour, SeriesType } from '../telemetry.types';
import { WireBodyTooLarge } from './protocols.errors';

/** The samples of one request, as columns; `seriesIndex[i]` names sample i's series in `series`. */
export interface WireBatch {
  readonly series: readonly WireSeries[];
  readonly seriesIndex: Uint32Array;
  readonly timesMs: Float64Array;
  /** Bit for bit as sent: a NaN may be the stale marker. */
  readonly values: Float64Array;
  /** What was left out because the sample itself cannot be stored, whatever its series. */
  readonly refused: Refusals;
  /** What the request says of metrics by their family's name (remote write 1.0, usually in requests of its own). */
  readonly families: ReadonlyMap<string, SeriesType>;
}

/** A series as it stood on the wire. */
export interface WireSeries {
  /** The same for the same labels sent the same way, never for others: who has met it needs not read the labels. */
  readonly key: string;
  readonly unit: WireUnit;
  /** Reads and checks name and labels. Throws InvalidLabels or InvalidWireBody. */
  identify(): WireIdentity;
}

export interface WireIdentity extends SeriesIdentity {
  /** Absent where the sender has not said it. */
  readonly type?: SeriesType;
  readonly behaviour?: SeriesBehaviour;
}

/**
 * What a sample of a series is in the sender's books: a sample (in OTLP, a data point), a histogram, or a part of a point that another
 * series counts. All series of one point are accepted or refused together.
 */
export type WireUnit = 'sample' | 'histogram' | 'part';

/** Samples (data points, histograms) left out, and the first reasons in words. */
export interface Refusals {
  readonly count: number;
  readonly reasons: readonly string[];
}

/** NaN with these bits says that a series has ended (Prometheus' stale marker). */
export const STALE_MARKER_HIGH = 0x7ff00000;
export const STALE_MARKER_LOW = 0x00000002;

const FIRST_CAPACITY = 1024;
/** Twenty times what Prometheus sends at most by default, and about what the largest body holds of ordinary series. */
const MAX_SAMPLES = 200_000;
/** A few bytes can name long labels again and again (symbols, resources); what they expand to is bounded apart from the body. */
const MAX_KEY_CHARACTERS = 64 * 1024 * 1024;
const MAX_REASONS = 10;

/** Collects reasons up to ten, and counts on. */
export class RefusalList implements Refusals {
  count = 0;
  readonly reasons: string[] = [];

  add(reason: string, units = 1): void {
    this.count += units;
    if (this.reasons.length < MAX_REASONS) this.reasons.push(reason);
  }
}

/** Grows a batch's columns. Throws WireBodyTooLarge past 200,000 samples or 64 MiB of series keys. */
export class WireBatchBuilder {
  readonly refused = new RefusalList();
  readonly families = new Map<string, SeriesType>();
  /** The open row's value as two halves: `valueBits[2 * row]` is the low one. */
  valueBits = new Uint32Array(FIRST_CAPACITY * 2);
  /** How many rows are kept; the open one comes after them. A caller that takes rows back sets it to what it was. */
  row = 0;
  private readonly series: WireSeries[] = [];
  private seriesIndex = new Uint32Array(FIRST_CAPACITY);
  private timesMs = new Float64Array(FIRST_CAPACITY);
  private values = new Float64Array(this.valueBits.buffer);
  private keyCharacters = 0;

  /** The index that the next added series will have; its samples may come before it. */
  get nextSeries(): number {
    return this.series.length;
  }

  addSeries(series: WireSeries): void {
    this.keyCharacters += series.key.length;
    if (this.keyCharacters > MAX_KEY_CHARACTERS)
      throw new WireBodyTooLarge(
        `the labels in the body come to more than ${MAX_KEY_CHARACTERS} bytes; send fewer series a request`,
      );
    this.series.push(series);
  }

  /** Opens a row with the value 0; without `closeRow` it does not count. */
  openRow(): void {
    if (this.row === this.seriesIndex.length) this.grow();
    this.valueBits[2 * this.row] = 0;
    this.valueBits[2 * this.row + 1] = 0;
  }

  /** The open row's value, where no bits matter. */
  setValue(value: number): void {
    this.values[this.row] = value;
  }

  setStale(): void {
    this.valueBits[2 * this.row] = STALE_MARKER_LOW;
    this.valueBits[2 * this.row + 1] = STALE_MARKER_HIGH;
  }

  /** Keeps the open row, unless its time is none that we store: then says false. */
  closeRow(series: number, timeMs: number): boolean {
    if (!isSampleTimeMs(timeMs)) return false;
    this.seriesIndex[this.row] = series;
    this.timesMs[this.row] = timeMs;
    this.row++;
    return true;
  }

  build(): WireBatch {
    return {
      series: this.series,
      seriesIndex: this.seriesIndex.subarray(0, this.row),
      timesMs: this.timesMs.subarray(0, this.row),
      values: this.values.subarray(0, this.row),
      refused: this.refused,
      families: this.families,
    };
  }

  private grow(): void {
    if (this.row >= MAX_SAMPLES)
      throw new WireBodyTooLarge(`the body has more than ${MAX_SAMPLES} samples; send fewer a request`);
    const capacity = Math.min(this.row * 4, MAX_SAMPLES);
    const { seriesIndex, timesMs, valueBits } = this;
    this.seriesIndex = new Uint32Array(capacity);
    this.seriesIndex.set(seriesIndex);
    this.timesMs = new Float64Array(capacity);
    this.timesMs.set(timesMs);
    this.valueBits = new Uint32Array(capacity * 2);
    this.valueBits.set(valueBits);
    this.values = new Float64Array(this.valueBits.buffer);
  }
}
