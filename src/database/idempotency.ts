import { createHash, createHmac, hkdfSync } from 'node:crypto';

import { canonicalJson } from '../common/canonical-json';

/** A request that its caller may send again, as far as it tells one such request from another. */
export interface KeyedRequest {
  /** Whose key it is: the same key of another caller is another key. */
  readonly caller: string;
  /** The route's pattern: a key counts for one route. */
  readonly route: string;
  readonly key: string;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

const PRINTABLE_ASCII = /^[\x20-\x7e]{1,255}$/;

/** Whether a header's value can serve as a key. */
export function isIdempotencyKey(text: string): boolean {
  return PRINTABLE_ASCII.test(text) && text.trim() !== '';
}

/** Under what a key is kept: nobody who reads the table learns a key that could be sent. */
export function keyHash({ caller, route, key }: KeyedRequest): Buffer {
  return createHash('sha256')
    .update(canonicalJson([caller, route, key]))
    .digest();
}

/** The number of the lock that stands for "in progress", as Postgres takes it: 64 bits of the hash. */
export function lockNumber(hash: Buffer): string {
  return hash.readBigInt64BE(0).toString();
}

/**
 * What tells whether two requests with one key are the same. Keyed with a secret of ours, since a body may hold a
 * password, of which a bare hash would be a thing to guess against.
 */
export function fingerprintOf({ params, query, body }: KeyedRequest, secret: Buffer): Buffer {
  return createHmac('sha256', secret)
    .update(canonicalJson([params, query, body]))
    .digest();
}

/** A secret for fingerprints that gives nothing of the signing secret away. */
export function fingerprintSecret(signingSecret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', signingSecret, '', 'smartcloudops idempotency fingerprint', 32));
}
