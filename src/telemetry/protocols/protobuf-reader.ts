import { isUtf8 } from 'node:buffer';

import { InvalidWireBody } from './protocols.errors';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const TWO_28 = 2 ** 28;
const TWO_32 = 2 ** 32;
/** Twice ten attribute values in each other, and what is around them. */
const MAX_DEPTH = 32;

const floatScratch = new Float64Array(1);
const bitScratch = new Uint32Array(floatScratch.buffer);

/** A field's tag as it stands on the wire: its number with a varint, eight bytes, or bytes with their length. */
export const varintTag = (field: number): number => (field << 3) | VARINT;
export const fixed64Tag = (field: number): number => (field << 3) | FIXED64;
export const bytesTag = (field: number): number => (field << 3) | LENGTH_DELIMITED;

/** Field numbers below 32 as one number, for `skip`. */
export function fieldSet(...fields: number[]): number {
  return fields.reduce((set, field) => set | (1 << field), 0);
}

/**
 * Walks a protobuf message where it lies: nothing is copied, and nothing is allocated by what a length claims.
 * `position` and `end` bound the message being read; `enter` and `leave` move into a nested one and back. All that runs past `end`,
 * groups, field number 0 and numbers wider than their type are InvalidWireBody.
 */
export class ProtobufReader {
  position = 0;
  end: number;
  private depth = 0;

  constructor(readonly bytes: Buffer) {
    this.end = bytes.length;
  }

  /** The next field's tag, to be compared with `varintTag(…)` and its like. */
  tag(): number {
    const tag = this.uint32();
    if (tag < 8) throw new InvalidWireBody('the body has a field numbered 0');
    return tag;
  }

  uint32(): number {
    let value = this.byte();
    if (value < 0x80) return value;
    value &= 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.byte();
    if (last > 0x0f) throw new InvalidWireBody('the body has a number wider than the 32 bits of its field');
    return value + last * TWO_28;
  }

  /** Exact to ±2^53, beyond it the nearest number. */
  int64(): number {
    return this.wideVarint(true);
  }

  /** Exact over all 64 bits, at the cost of a BigInt. */
  bigInt64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new InvalidWireBody('the body has a number wider than 64 bits');
  }

  /** Exact to 2^53, beyond it the nearest number. */
  uint64(): number {
    return this.wideVarint(false);
  }

  /** A zigzagged number: 0, -1, 1, -2 are written as 0, 1, 2, 3. */
  sint64(): number {
    const value = this.uint64();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    this.copyFixed64(bitScratch, 0);
    return floatScratch[0];
  }

  /** Eight bytes as two halves, low first: as numbers an engine may rewrite a NaN, and with it the stale marker. */
  copyFixed64(target: Uint32Array, index: number): void {
    target[index] = this.fixed32();
    target[index + 1] = this.fixed32();
  }

  /** An unsigned 64-bit number in eight bytes; exact to 2^53, beyond it the nearest number. */
  fixed64(): number {
    const low = this.fixed32();
    return this.fixed32() * TWO_32 + low;
  }

  sfixed64(): number {
    const low = this.fixed32();
    return (this.fixed32() | 0) * TWO_32 + low;
  }

  fixed32(): number {
    const { bytes, position } = this;
    if (this.end - position < 4) throw tooShort();
    this.position = position + 4;
    return (
      (bytes[position] |
        (bytes[position + 1] << 8) |
        (bytes[position + 2] << 16) |
        (bytes[position + 3] << 24)) >>>
      0
    );
  }

  /** A length that fits into what is left; the bytes start at `position`. */
  byteLength(): number {
    const length = this.uint32();
    if (length > this.end - this.position) throw tooShort();
    return length;
  }

  text(): string {
    const length = this.byteLength();
    const start = this.position;
    this.position += length;
    if (!isUtf8(this.bytes.subarray(start, start + length)))
      throw new InvalidWireBody('the body has a text that is not valid UTF-8');
    return this.bytes.toString('utf8', start, start + length);
  }

  /** The bytes where they lie, not a copy. */
  blob(): Uint8Array {
    const length = this.byteLength();
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  /** Into the nested message at `position`. Returns the end of the one around it, which `leave` wants back. */
  enter(): number {
    const length = this.byteLength();
    if (++this.depth > MAX_DEPTH)
      throw new InvalidWireBody(`the body is nested deeper than ${MAX_DEPTH} levels`);
    const outer = this.end;
    this.end = this.position + length;
    return outer;
  }

  /** Out of a nested message, wherever in it the reader stands. */
  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
    this.depth--;
  }

  /** Passes over a field that the caller does not read. One of `known` was sent as another type than it has. */
  skip(tag: number, known: number): void {
    const field = tag >>> 3;
    if (field < 32 && (known & (1 << field)) !== 0)
      throw new InvalidWireBody(`field ${field} of a message in the body is not of its type`);
    switch (tag & 7) {
      case VARINT:
        this.wideVarint(false);
        return;
      case FIXED64:
        this.advance(8);
        return;
      case LENGTH_DELIMITED:
        this.advance(this.byteLength());
        return;
      case FIXED32:
        this.advance(4);
        return;
      default:
        throw new InvalidWireBody(`field ${field} of a message in the body is a group, or of no known type`);
    }
  }

  advance(byteCount: number): void {
    if (byteCount > this.end - this.position) throw tooShort();
    this.position += byteCount;
  }

  private byte(): number {
    if (this.position >= this.end) throw tooShort();
    return this.bytes[this.position++];
  }

  /** Bit operators reach 32 bits: three parts of 28, 28 and 8. */
  private wideVarint(isSigned: boolean): number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return low;
    }
    let middle = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      middle |= (byte & 0x7f) << shift;
      if (byte < 0x80) return middle * TWO_28 + low;
    }
    const ninth = this.byte();
    let high = ninth & 0x7f;
    if (ninth >= 0x80) {
      const tenth = this.byte();
      if (tenth > 1) throw new InvalidWireBody('the body has a number wider than 64 bits');
      high |= tenth << 7;
    }
    if (isSigned && high >= 0x80) high -= 0x100;
    return (high * TWO_28 + middle) * TWO_28 + low;
  }
}

/**
 * Nanoseconds since 1970, as the two halves of 64 bits, in whole milliseconds, rounded down.
 * Exact, where a division of the whole would first round it to 256 ns. 2^32 = 4294 · 10^6 + 967296.
 * @example nanosecondsToMs(0x1797_9cfe, 0x362a_0000) // 1700000000000
 */
export function nanosecondsToMs(high: number, low: number): number {
  return high * 4294 + Math.floor((high * (TWO_32 % 1e6) + low) / 1e6);
}

function tooShort(): InvalidWireBody {
  return new InvalidWireBody('the body ends within a field');
}
