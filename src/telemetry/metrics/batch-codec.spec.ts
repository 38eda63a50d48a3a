import fc from 'fast-check';

import { decodeBatch, encodeBatch } from './batch-codec';
import { CorruptSamples } from './metrics.errors';

/** Float64Array from raw bits, so that NaN payloads are among the values. */
const anyBits = fc
  .array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 50 })
  .map((bits) => new Float64Array(BigUint64Array.from(bits).buffer));
const STALE_MARKER = 0x7ff0000000000002n;

function bitsOf(values: Float64Array): bigint[] {
  return [...new BigUint64Array(values.buffer, values.byteOffset, values.length)];
}

describe('a batch of samples', () => {
  it('comes back bit for bit, NaN payloads, -0 and infinities included', () => {
    fc.assert(
      fc.property(anyBits, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (values, firstId) => {
        const ids = Array.from(values, () => firstId);
        const times = Array.from(values, (_, i) => 1_700_000_000_000 + i);
        const decoded = decodeBatch(encodeBatch({ seriesIds: ids, timesMs: times, values }));
        expect(bitsOf(decoded.values)).toEqual(bitsOf(values));
        expect([...decoded.timesMs]).toEqual(times);
        expect([...decoded.seriesIds]).toEqual(ids);
      }),
    );
  });

  it('keeps the stale marker and the values beside it', () => {
    const values = new Float64Array(BigUint64Array.of(STALE_MARKER, 0x8000000000000000n).buffer);
    const decoded = decodeBatch(encodeBatch({ seriesIds: [1, 2], timesMs: [1, 2], values }));
    expect(bitsOf(decoded.values)).toEqual([STALE_MARKER, 0x8000000000000000n]);
  });

  it('stores ids in four bytes while they fit, else in eight', () => {
    const small = encodeBatch({ seriesIds: [2 ** 31 - 1], timesMs: [0], values: [1] });
    const large = encodeBatch({ seriesIds: [2 ** 31, 2 ** 53 - 1], timesMs: [0, 1], values: [1, 2] });
    expect(small.seriesIds).toHaveLength(4);
    expect(large.seriesIds).toHaveLength(16);
    expect([...decodeBatch(large).seriesIds]).toEqual([2 ** 31, 2 ** 53 - 1]);
  });

  it('reads columns that start at an odd address, as the database driver gives them', () => {
    const encoded = encodeBatch({ seriesIds: [7, 8], timesMs: [1, 2], values: [0.5, -0.25] });
    const shift = (buffer: Buffer) => Buffer.concat([Buffer.of(0), buffer]).subarray(1);
    const decoded = decodeBatch({
      seriesIds: shift(encoded.seriesIds),
      timesMs: shift(encoded.timesMs),
      values: shift(encoded.values),
    });
    expect([...decoded.values]).toEqual([0.5, -0.25]);
    expect([...decoded.seriesIds]).toEqual([7, 8]);
  });

  it('is not changed by what the caller does with the arrays afterwards', () => {
    const values = Float64Array.of(1);
    const encoded = encodeBatch({ seriesIds: [1], timesMs: Float64Array.of(1), values });
    values[0] = 2;
    expect(decodeBatch(encoded).values[0]).toBe(1);
  });

  it('is written little-endian', () => {
    const encoded = encodeBatch({ seriesIds: [1], timesMs: [1], values: [1] });
    expect(encoded.seriesIds.readInt32LE()).toBe(1);
    expect(encoded.timesMs.readDoubleLE()).toBe(1);
    expect(encoded.values.readDoubleLE()).toBe(1);
  });

  it.each<[string, number[], number[], number[]]>([
    ['columns of different length', [1], [1, 2], [1]],
    ['an id of 0', [0], [1], [1]],
    ['an id with a fraction', [1.5], [1], [1]],
    ['an id beyond 2^53', [2 ** 53], [1], [1]],
    ['a time that is NaN', [1], [NaN], [1]],
    ['a time with a fraction', [1], [0.5], [1]],
  ])('is refused with %s', (_, seriesIds, timesMs, values) => {
    expect(() => encodeBatch({ seriesIds, timesMs, values })).toThrow(RangeError);
  });

  it.each([
    [4, 8, 7],
    [4, 7, 8],
    [5, 8, 8],
    [0, 8, 8],
    [4, 16, 8],
  ])('is reported as corrupt with columns of %i, %i and %i bytes', (ids, times, values) => {
    const stored = {
      seriesIds: Buffer.alloc(ids),
      timesMs: Buffer.alloc(times),
      values: Buffer.alloc(values),
    };
    expect(() => decodeBatch(stored)).toThrow(CorruptSamples);
  });

  it('may be empty', () => {
    expect(decodeBatch(encodeBatch({ seriesIds: [], timesMs: [], values: [] })).values).toHaveLength(0);
  });
});
