import fc from 'fast-check';
import { compress } from 'snappyjs';

import { DomainError } from '../../common/errors/domain-error';
import { InvalidWireBody, WireBodyTooLarge } from './protocols.errors';
import { decodeSnappy } from './snappy';

const compressed = (bytes: Uint8Array): Buffer => Buffer.from(compress(bytes));

/** Bytes that repeat, so that the encoder writes copies. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 30 })), {
    maxLength: 20,
  })
  .map((parts) =>
    Buffer.concat(parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))),
  );

describe('decodeSnappy', () => {
  it('gives back what an encoder compressed', () => {
    fc.assert(
      fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 2000 })), (bytes) => {
        expect(decodeSnappy(compressed(bytes)).equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });

  it('gives back a body of many blocks, with copies of every kind', () => {
    const text = Buffer.from(
      Array.from({ length: 20_000 }, (_, i) => `http_requests_total{code="${i % 7}",path="/${i * i}"}`).join(
        '\n',
      ),
    );
    const body = compressed(text);
    expect(body.length).toBeLessThan(text.length / 2);
    expect(decodeSnappy(body).equals(text)).toBe(true);
  });

  it.each<[string, number[], string]>([
    ['a literal', [3, 8, 97, 98, 99], 'abc'],
    ['a literal whose length takes a byte', [3, 240, 2, 97, 98, 99], 'abc'],
    ['a literal whose length takes four', [3, 252, 2, 0, 0, 0, 97, 98, 99], 'abc'],
    ['a copy that overlaps what it writes', [9, 0, 97, (1 << 2) | 1, 1, (2 << 2) | 2, 1, 0], 'aaaaaaaaa'],
    ['a copy with four bytes of offset', [4, 4, 97, 98, (1 << 2) | 3, 2, 0, 0, 0], 'abab'],
    ['nothing', [0], ''],
  ])('reads %s', (_, bytes, text) => {
    expect(decodeSnappy(Buffer.from(bytes)).toString()).toBe(text);
  });

  it.each<[string, number[], string]>([
    ['an empty body', [], 'length cannot be read'],
    ['a length that does not end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 'length cannot be read'],
    ['a literal past the end', [3, 8, 97], 'ends within a literal'],
    ['a length past the end', [100, 252, 2, 0, 0, 0, 0], 'ends within a literal'],
    ['a cut length', [3, 252, 2, 0], 'ends within a length'],
    ['a copy without its offset', [8, 12, 97, 98, 99, 100, 1], 'ends within a copy'],
    ['a copy from before the beginning', [8, 12, 97, 98, 99, 100, 1, 5], 'before its beginning'],
    ['a copy from nowhere', [8, 12, 97, 98, 99, 100, 1, 0], 'before its beginning'],
    ['more than it declares', [2, 8, 97, 98, 99], 'more than it declares'],
    ['copies of more than it declares', [5, 0, 97, (1 << 2) | 1, 1, 0, 97], 'more than it declares'],
    ['less than it declares', [9, 8, 97, 98, 99], 'less than it declares'],
    ['bytes after its end', [1, 0, 97, 0, 97], 'more than it declares'],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => decodeSnappy(Buffer.from(bytes))).toThrow(InvalidWireBody);
    expect(() => decodeSnappy(Buffer.from(bytes))).toThrow(reason);
  });

  it('refuses gigabytes declared by a few bytes before it allocates anything', () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decodeSnappy(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 97]))).toThrow(WireBodyTooLarge);
    expect(() => decodeSnappy(Buffer.from([0x80, 0x80, 0x80, 0x10, 0, 97]))).toThrow('more than it can hold');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it('keeps to the cap that it is given', () => {
    const body = compressed(Buffer.alloc(1001));
    expect(() => decodeSnappy(body, 1000)).toThrow(
      'the body declares 1001 bytes when decompressed; at most 1000 are accepted',
    );
    expect(decodeSnappy(body, 1001)).toHaveLength(1001);
  });

  it('gives any garbage, and any damaged body, an answer or a refusal of ours', () => {
    const damaged = fc
      .tuple(repetitive, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }))
      .map(([bytes, changes]) => {
        const body = compressed(bytes);
        for (const [at, byte] of changes) body[at % body.length] = byte;
        return body;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), (body) => {
        try {
          decodeSnappy(body, 100_000);
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
