import { bytesTag, fieldSet, fixed64Tag, ProtobufReader, varintTag } from './protobuf-reader';
import { STALE_MARKER_HIGH, STALE_MARKER_LOW } from './wire-batch';

/** `Histogram` of remote write, the same in both versions. */
const COUNT_INT = varintTag(1);
const COUNT_FLOAT = fixed64Tag(2);
const SUM = fixed64Tag(3);
const ZERO_COUNT_INT = varintTag(6);
const NEGATIVE_DELTA = varintTag(9);
const NEGATIVE_DELTAS = bytesTag(9);
const POSITIVE_DELTA = varintTag(12);
const POSITIVE_DELTAS = bytesTag(12);
const RESET_HINT = varintTag(14);
const TIMESTAMP = varintTag(15);
const FIELDS = fieldSet(1, 2, 3, 6, 9, 12, 14, 15);

const RESET_HINT_GAUGE = 3;

/** What of a native histogram we keep, and what tells whether it is sound. */
export class NativeHistogram {
  timeMs = 0;
  count = 0;
  isGauge = false;
  /** The sum's bits, low half first. */
  readonly sumBits = new Uint32Array(2);
  private readonly sum = new Float64Array(this.sumBits.buffer);
  private isFloat = false;
  private inBuckets = 0;
  private negative = 0;
  private positive = 0;

  /** Reads the message at the reader's position. Throws InvalidWireBody. */
  read(reader: ProtobufReader): void {
    this.clear();
    const outer = reader.enter();
    while (reader.position < reader.end) {
      const tag = reader.tag();
      switch (tag) {
        case COUNT_INT:
          this.count = reader.uint64();
          this.isFloat = false;
          break;
        case COUNT_FLOAT:
          this.count = reader.double();
          this.isFloat = true;
          break;
        case SUM:
          reader.copyFixed64(this.sumBits, 0);
          break;
        case ZERO_COUNT_INT:
          this.inBuckets += reader.uint64();
          break;
        case NEGATIVE_DELTA:
          this.addNegative(reader.sint64());
          break;
        case POSITIVE_DELTA:
          this.addPositive(reader.sint64());
          break;
        case NEGATIVE_DELTAS: {
          const around = reader.enter();
          while (reader.position < reader.end) this.addNegative(reader.sint64());
          reader.leave(around);
          break;
        }
        case POSITIVE_DELTAS: {
          const around = reader.enter();
          while (reader.position < reader.end) this.addPositive(reader.sint64());
          reader.leave(around);
          break;
        }
        case RESET_HINT:
          this.isGauge = reader.int64() === RESET_HINT_GAUGE;
          break;
        case TIMESTAMP:
          this.timeMs = reader.int64();
          break;
        default:
          reader.skip(tag, FIELDS);
      }
    }
    reader.leave(outer);
  }

  get isStale(): boolean {
    return this.sumBits[1] === STALE_MARKER_HIGH && this.sumBits[0] === STALE_MARKER_LOW;
  }

  /** Why it cannot be right, or null. Observations that are NaN make the sum NaN and stand in no bucket (Prometheus' rule). */
  get fault(): string | null {
    if (this.isStale) return null;
    if (this.isFloat) return this.count >= 0 ? null : `its count is ${this.count}`;
    const isSound = Number.isNaN(this.sum[0]) ? this.inBuckets <= this.count : this.inBuckets === this.count;
    return isSound ? null : `it counts ${this.count} observations, and its buckets ${this.inBuckets}`;
  }

  private clear(): void {
    this.timeMs = 0;
    this.count = 0;
    this.isGauge = false;
    this.sumBits.fill(0);
    this.isFloat = false;
    this.inBuckets = 0;
    this.negative = 0;
    this.positive = 0;
  }

  private addNegative(delta: number): void {
    this.negative += delta;
    this.inBuckets += this.negative;
  }

  private addPositive(delta: number): void {
    this.positive += delta;
    this.inBuckets += this.positive;
  }
}
