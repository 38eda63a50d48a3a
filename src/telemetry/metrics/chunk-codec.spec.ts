import { crc32 } from 'node:zlib';

import fc from 'fast-check';

import { decodeChunk, encodeChunk, MAX_CHUNK_SAMPLES } from './chunk-codec';
import { CorruptSamples } from './metrics.errors';

const STEP_MS = 15_000;
const steadyTimes = Array.from({ length: MAX_CHUNK_SAMPLES }, (_, i) => 1_700_000_000_000 + i * STEP_MS);
const anyBits = fc
  .array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 1, maxLength: MAX_CHUNK_SAMPLES })
  .map((bits) => new Float64Array(BigUint64Array.from(bits).buffer));

function bitsOf(values: Float64Array): bigint[] {
  return [...new BigUint64Array(values.buffer, values.byteOffset, values.length)];
}

function expectRoundTrip(timesMs: ArrayLike<number>, values: Float64Array): Buffer {
  const chunk = encodeChunk(timesMs, values);
  const decoded = decodeChunk(chunk);
  expect([...decoded.timesMs]).toEqual(Array.from(timesMs));
  expect(bitsOf(decoded.values)).toEqual(bitsOf(values));
  return chunk;
}

/** The chunk with other bytes and a checksum that fits them: what only a wrong program could have written. */
function forge(chunk: Buffer, change: (body: Buffer) => Buffer): Buffer {
  const body = change(Buffer.from(chunk.subarray(0, chunk.length - 4)));
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body));
  return Buffer.concat([body, sum]);
}

describe('a chunk of one series', () => {
  it('comes back bit for bit whatever the values', () => {
    fc.assert(
      fc.property(anyBits, (values) => void expectRoundTrip(steadyTimes.slice(0, values.length), values)),
    );
  });

  it('comes back bit for bit with decimal values of any digits', () => {
    const decimals = fc.array(
      fc
        .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 17 }))
        .map(([digits, exponent]) => digits / 10 ** exponent),
      { minLength: 1, maxLength: MAX_CHUNK_SAMPLES },
    );
    fc.assert(
      fc.property(
        decimals,
        (values) => void expectRoundTrip(steadyTimes.slice(0, values.length), Float64Array.from(values)),
      ),
    );
  });

  it('comes back with irregular times, over milliseconds or centuries', () => {
    const gaps = fc.array(fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 2 ** 40 })), {
      minLength: 1,
      maxLength: MAX_CHUNK_SAMPLES,
    });
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 46), max: 2 ** 42 }), gaps, (first, gapsMs) => {
        let timeMs = first;
        const timesMs = gapsMs.map((gapMs) => (timeMs += gapMs));
        expectRoundTrip(timesMs, new Float64Array(timesMs.length).fill(1.5));
      }),
    );
  });

  it('keeps the stale marker, other NaNs, -0, infinities and subnormals apart', () => {
    const bits = [
      0x7ff0000000000002n,
      0x7ff8000000000000n,
      0xfff8000000000001n,
      0x8000000000000000n,
      0n,
      0x7ff0000000000000n,
      0xfff0000000000000n,
      1n,
      0x7fefffffffffffffn,
    ];
    const values = new Float64Array(BigUint64Array.from(bits).buffer);
    expectRoundTrip(steadyTimes.slice(0, bits.length), values);
  });

  it('keeps a lone -0, which a decimal form would lose', () => {
    expectRoundTrip([0, 1], Float64Array.of(-0, 1));
  });

  it('reads a chunk that starts at an odd address', () => {
    const chunk = encodeChunk([0, 1, 3], [1, 2, Math.PI]);
    expect([...decodeChunk(Buffer.concat([Buffer.of(9), chunk]).subarray(1)).values]).toEqual([
      1,
      2,
      Math.PI,
    ]);
  });

  it.each<[string, number, (i: number) => number]>([
    ['an idle gauge', 1.2, () => 42],
    [
      'a percentage with two digits',
      2.2,
      (i) => Math.round(5000 + 1000 * Math.sin(i / 20) + 97 * Math.sin(i * 12.9898)) / 100,
    ],
    ['a counter', 2.2, (i) => 1_000_000 + i * 37 + (i % 7)],
    ['a gauge in bytes', 5, (i) => Math.round(4e9 + 1e7 * Math.sin(i * 12.9898))],
    ['full-precision noise', 8.5, (i) => 50 + 10 * Math.sin(i / 20) + Math.sin(i * 12.9898)],
  ])('takes for %s at most %f bytes a sample', (_, bytesPerSample, value) => {
    const chunk = expectRoundTrip(
      steadyTimes,
      Float64Array.from(steadyTimes, (__, i) => value(i)),
    );
    expect(chunk.length / MAX_CHUNK_SAMPLES).toBeLessThanOrEqual(bytesPerSample);
  });

  it('takes at most 10 bytes a sample for noise at times that jitter', () => {
    const jittered = steadyTimes.map((timeMs, i) => timeMs + ((i * 7919) % 11));
    const chunk = expectRoundTrip(
      jittered,
      Float64Array.from(jittered, (_, i) => Math.sin(i * 12.9898)),
    );
    expect(chunk.length / MAX_CHUNK_SAMPLES).toBeLessThanOrEqual(10);
  });

  it('has the bytes it had in every earlier version', () => {
    expect(encodeChunk([1000, 2000, 3500], [0.1, 0.2, 0.2]).toString('hex')).toBe(
      '010203d00fe807e807010202002db33873',
    );
    expect(encodeChunk([1000, 2000], [Math.PI, NaN]).toString('hex')).toBe(
      '010102d00fe80700182d4454fb21094000182d4454fb21f13f3e8cc152',
    );
  });

  it.each<[string, number[], number[]]>([
    ['no sample', [], []],
    ['121 samples', Array.from({ length: 121 }, (_, i) => i), Array.from({ length: 121 }, () => 1)],
    ['fewer values than times', [1, 2], [1]],
    ['equal times', [1, 1], [1, 2]],
    ['times that go back', [2, 1], [1, 2]],
    ['a time that is no whole number', [0.5], [1]],
    ['a time that is NaN', [NaN], [1]],
    ['a time beyond 2^47', [2 ** 47], [1]],
  ])('is refused with %s', (_, timesMs, values) => {
    expect(() => encodeChunk(timesMs, values)).toThrow(RangeError);
  });
});

describe('a damaged chunk', () => {
  const chunk = encodeChunk(steadyTimes.slice(0, 10), [1, 2.5, Math.PI, 4, 5, 6, 7, 8, 9, NaN]);

  it('is reported, whichever bit flipped', () => {
    for (let bit = 0; bit < chunk.length * 8; bit++) {
      const damaged = Buffer.from(chunk);
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => decodeChunk(damaged)).toThrow(CorruptSamples);
    }
  });

  it('is reported, wherever it was cut', () => {
    for (let length = 0; length < chunk.length; length++) {
      expect(() => decodeChunk(chunk.subarray(0, length))).toThrow(CorruptSamples);
    }
  });

  it('of a newer version says which version this program reads', () => {
    expect(() => decodeChunk(forge(chunk, (body) => (body.writeUInt8(2, 0), body)))).toThrow(
      'version 2; this program reads version 1',
    );
  });

  it.each<[string, (body: Buffer) => Buffer]>([
    ['a count of 0', (body) => (body.writeUInt8(0, 2), body)],
    ['a count of 121', (body) => (body.writeUInt8(121, 2), body)],
    ['an unknown layout', (body) => (body.writeUInt8(4, 1), body)],
    ['a byte too many', (body) => Buffer.concat([body, Buffer.of(0)])],
    ['a byte too few', (body) => body.subarray(0, body.length - 1)],
    ['a decimal exponent of 200', () => Buffer.of(1, 2, 1, 0, 200, 0)],
    ['an impossible control byte', () => Buffer.of(1, 1, 1, 0, 0x81)],
    ['a number above 2^53', () => Buffer.of(1, 1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)],
  ])('is reported even under a fitting checksum: %s', (_, change) => {
    expect(() => decodeChunk(forge(chunk, change))).toThrow(CorruptSamples);
  });

  it('never brings anything but a clear error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          decodeChunk(forge(chunk, () => Buffer.concat([Buffer.of(1), bytes])));
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptSamples);
        }
      }),
    );
  });
});
