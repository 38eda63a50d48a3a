import fc from 'fast-check';

import { readCheckpoint, signCheckpoint } from './audit-checkpoint';

const CHECKPOINT = { seq: 12, hash: 'ab'.repeat(32), at: '2026-01-31T10:00:00.000Z' };
const KEY = 'a key of the tests';

describe('a checkpoint', () => {
  it('is known, with its signature', () => {
    expect(signCheckpoint(CHECKPOINT, KEY)).toBe(
      `{"seq":12,"hash":"${CHECKPOINT.hash}","at":"2026-01-31T10:00:00.000Z","signature":"1f9f7165b1428f02ff24e7af2db95e6b98a752776b96142c8a41af98321d82eb"}`,
    );
  });

  it('is read as it was signed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), fc.string(), fc.string(), (seq, hash, at, key) => {
        expect(readCheckpoint(signCheckpoint({ seq, hash, at }, key), key)).toEqual({ seq, hash, at });
      }),
    );
  });

  it.each([
    ['with another number', signCheckpoint(CHECKPOINT, KEY).replace('"seq":12', '"seq":11')],
    ['with another hash', signCheckpoint(CHECKPOINT, KEY).replace('abab', 'abac')],
    ['with another time', signCheckpoint(CHECKPOINT, KEY).replace('10:00', '11:00')],
    ['signed with another key', signCheckpoint(CHECKPOINT, 'another')],
    ['without a signature', JSON.stringify(CHECKPOINT)],
    ['with a member of another type', signCheckpoint(CHECKPOINT, KEY).replace('"seq":12', '"seq":"12"')],
    ['cut in half', signCheckpoint(CHECKPOINT, KEY).slice(0, 40)],
    ['that is null', 'null'],
    ['that is empty', ''],
  ])('is not believed %s', (_, text) => {
    expect(readCheckpoint(text, KEY)).toBeNull();
  });
});
