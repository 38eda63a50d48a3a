import fc from 'fast-check';

import { CorruptSamples } from './metrics.errors';
import { ByteReader, ByteWriter } from './varint';

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter(64);
  write(writer);
  const bytes = new Uint8Array(writer.length);
  writer.copyTo(bytes, 0);
  return bytes;
}

describe('a varint', () => {
  it('brings back every integer up to 2^53 - 1', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(new ByteReader(written((writer) => writer.varint(value))).varint()).toBe(value);
      }),
    );
  });

  it('brings back signed integers zigzagged', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 }), (value) => {
        expect(new ByteReader(written((writer) => writer.zigzag(value))).zigzag()).toBe(value);
      }),
    );
  });

  it.each([
    [0, 1],
    [127, 1],
    [128, 2],
    [2 ** 31 - 1, 5],
    [2 ** 31, 5],
    [2 ** 32, 5],
    [2 ** 35, 6],
    [Number.MAX_SAFE_INTEGER, 8],
  ])('writes %d in %i bytes', (value, length) => {
    const bytes = written((writer) => writer.varint(value));
    expect(bytes).toHaveLength(length);
    expect(new ByteReader(bytes).varint()).toBe(value);
  });

  it('that ends too early, or is too large, is corrupt', () => {
    expect(() => new ByteReader(Uint8Array.of(0x80)).varint()).toThrow(CorruptSamples);
    expect(() => new ByteReader(new Uint8Array(9).fill(0xff)).varint()).toThrow(CorruptSamples);
  });
});
