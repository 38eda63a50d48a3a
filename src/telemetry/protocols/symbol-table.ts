import type { ProtobufReader } from './protobuf-reader';
import { WireBodyTooLarge } from './protocols.errors';

const MAX_SYMBOLS = 400_000;
/** No label's name or value may be longer. */
const MAX_LABEL_BYTES = 2048;
const TWO_BYTES = 0x80;

/** The symbols of a remote write 2.0 request, and the labels that pairs of references to them make. */
export class SymbolTable {
  private starts = new Uint32Array(1024);
  private ends = new Uint32Array(1024);
  private readonly names: (string | undefined)[] = [];
  private readonly values: (string | undefined)[] = [];
  private count = 0;

  constructor(private readonly bytes: Buffer) {}

  /** Takes the symbol at the reader's position. */
  read(reader: ProtobufReader): void {
    const length = reader.byteLength();
    if (this.count === this.starts.length) this.grow();
    this.starts[this.count] = reader.position;
    reader.advance(length);
    this.ends[this.count++] = reader.position;
  }

  has(ref: number): boolean {
    return ref < this.count;
  }

  /** Whether the symbol is longer than any label's name or value. */
  isTooLong(ref: number): boolean {
    return this.ends[ref] - this.starts[ref] > MAX_LABEL_BYTES;
  }

  /** The label as a field of version 1.0, byte for character: what its senders and ours have met has the same key in both versions. */
  label(nameRef: number, valueRef: number): string {
    const name = (this.names[nameRef] ??= this.piece(nameRef, '\x0a'));
    const value = (this.values[valueRef] ??= this.piece(valueRef, '\x12'));
    return `\x0a${varintText(name.length + value.length)}${name}${value}`;
  }

  private piece(ref: number, tag: string): string {
    const [start, end] = [this.starts[ref], this.ends[ref]];
    return tag + varintText(end - start) + this.bytes.toString('latin1', start, end);
  }

  private grow(): void {
    if (this.count >= MAX_SYMBOLS)
      throw new WireBodyTooLarge(
        `the body has more than ${MAX_SYMBOLS} symbols; send fewer series a request`,
      );
    const { starts, ends } = this;
    this.starts = new Uint32Array(Math.min(MAX_SYMBOLS, this.count * 4));
    this.starts.set(starts);
    this.ends = new Uint32Array(this.starts.length);
    this.ends.set(ends);
  }
}

/** At most two bytes are needed: two symbols of 2,048 bytes and their lengths. */
function varintText(length: number): string {
  return length < TWO_BYTES
    ? String.fromCharCode(length)
    : String.fromCharCode((length & 0x7f) | TWO_BYTES, length >>> 7);
}
