import { randomBytes, randomInt } from 'node:crypto';

import { secretHash } from './secret-hash';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const PREFIX_LENGTH = 8;
const SECRET_BYTES = 32;

/** `sco_<prefix>_<secret>`: recognisable for secret scanners, a readable part for people, 256 random bits. */
const API_KEY = /^sco_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/;

export interface NewApiKey {
  readonly key: string;
  readonly prefix: string;
  readonly hash: Buffer;
}

export function createApiKey(): NewApiKey {
  const prefix = Array.from({ length: PREFIX_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const key = `sco_${prefix}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { key, prefix, hash: secretHash(key) };
}

/** Whether a text has the form of a key; says nothing about whether there is such a key. */
export function isApiKey(text: string): boolean {
  return API_KEY.test(text);
}
