import { CorruptSamples } from './metrics.errors';

const MAX_VARINT = Number.MAX_SAFE_INTEGER;
const MAX_VARINT_BYTES = 8;

/**
 * Appends bytes and variable-length integers to a fixed area. Integers go up to 2^53 - 1, past what bit operators can do, so the
 * upper part is divided, not shifted. Signed numbers are zigzagged: 0, -1, 1, -2 become 0, 1, 2, 3.
 */
export class ByteWriter {
  length = 0;
  private readonly area: Uint8Array;

  constructor(capacityBytes: number) {
    this.area = new Uint8Array(capacityBytes);
  }

  clear(): void {
    this.length = 0;
  }

  byte(value: number): void {
    this.area[this.length++] = value;
  }

  varint(value: number): void {
    let rest = value;
    while (rest > 0x7fffffff) {
      this.area[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.area[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.area[this.length++] = rest;
  }

  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  copyTo(target: Uint8Array, offset: number): void {
    target.set(this.area.subarray(0, this.length), offset);
  }
}

/** Reads what `ByteWriter` wrote; running past the end, or a number above 2^53 - 1, is corrupt input. */
export class ByteReader {
  private position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  byte(): number {
    if (this.position >= this.bytes.length) throw new CorruptSamples('a stored chunk ends too early');
    return this.bytes[this.position++];
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > MAX_VARINT) break;
        return value;
      }
      scale *= 128;
    }
    throw new CorruptSamples('a stored chunk holds a number above 2^53 - 1');
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
