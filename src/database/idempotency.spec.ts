import fc from 'fast-check';

import { canonicalJson } from '../common/canonical-json';
import {
  fingerprintOf,
  fingerprintSecret,
  isIdempotencyKey,
  KeyedRequest,
  keyHash,
  lockNumber,
} from './idempotency';

const SECRET = fingerprintSecret('a-signing-key-of-the-tests-that-is-long-enough');
const REQUEST: KeyedRequest = {
  caller: 'user:1',
  route: 'POST /api/anomalies/:id/acknowledge',
  key: '6b0f2c52',
  params: { id: '7' },
  query: {},
  body: { version: 1, note: 'mine' },
};

describe('an idempotency key', () => {
  it.each(['1', 'a b', '"8e03978e-40d5-43e8-bc93-6894a57f9324"', '~'.repeat(255)])('may be %s', (key) => {
    expect(isIdempotencyKey(key)).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['blank', '  '],
    ['too long', 'x'.repeat(256)],
    ['with a tab', 'a\tb'],
    ['with a line break', 'a\n'],
    ['with a control character', 'a\x7f'],
    ['beyond ASCII', 'schlüssel'],
  ])('may not be %s', (_, key) => {
    expect(isIdempotencyKey(key)).toBe(false);
  });

  it('is kept apart for every caller and route, and is not told from what is kept', () => {
    const hashes = [
      REQUEST,
      { ...REQUEST, caller: 'user:2' },
      { ...REQUEST, route: 'POST /api/anomalies' },
      { ...REQUEST, key: '6b0f2c53' },
      { ...REQUEST, caller: 'user:1"', key: REQUEST.key.slice(1) },
    ].map((request) => keyHash(request).toString('hex'));
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(keyHash({ ...REQUEST, params: {}, body: null })).toEqual(keyHash(REQUEST));
  });

  it('is locked under a number that Postgres takes', () => {
    expect(lockNumber(Buffer.from('ffffffffffffffff00', 'hex'))).toBe('-1');
    expect(lockNumber(Buffer.from('7fffffffffffffff00', 'hex'))).toBe('9223372036854775807');
  });
});

describe('the fingerprint of a request', () => {
  const fingerprint = (request: Partial<KeyedRequest>, secret = SECRET): string =>
    fingerprintOf({ ...REQUEST, ...request }, secret).toString('hex');

  it('does not depend on the order of members', () => {
    expect(fingerprint({ body: { note: 'mine', version: 1 } })).toBe(fingerprint({}));
  });

  it.each([
    ['body', { body: { version: 2, note: 'mine' } }],
    ['missing body', { body: undefined }],
    ['record', { params: { id: '8' } }],
    ['query', { query: { force: 'true' } }],
  ])('tells another %s', (_, change) => {
    expect(fingerprint(change)).not.toBe(fingerprint({}));
  });

  it('cannot be made by whoever does not know our secret: a body may hold a password', () => {
    expect(fingerprint({}, fingerprintSecret('another-signing-key-that-is-just-as-long'))).not.toBe(
      fingerprint({}),
    );
  });
});

describe('canonical JSON', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, member]) => [name, shuffled(member)])
        .reverse(),
    );
  };

  it('is the same for every order of members, and JSON of the same value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const value: unknown = JSON.parse(text);
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  it('differs where the values do', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.json({ maxDepth: 3 }), (a, b) => {
        const [one, other]: unknown[] = [JSON.parse(a), JSON.parse(b)];
        const isSame = JSON.stringify(sortDeep(one)) === JSON.stringify(sortDeep(other));
        expect(canonicalJson(one) === canonicalJson(other)).toBe(isSame);
      }),
    );
  });

  /** Another way to the same end, through objects rather than text. */
  function sortDeep(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(sortDeep);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return { members: members.map(([name, member]) => [name, sortDeep(member)]) };
  }
});
