import { hash } from 'node:crypto';

import type { Labels } from '../metrics/labels';

/** FNV-1a's start and prime in 64 bits; the prime is 2^40 + 435. */
const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
const PRIME_LOW = 435;
const TWO_32 = 2 ** 32;
/** What Prometheus puts after every name and value: a byte that UTF-8 never has. */
const SEPARATOR = 0xff;
/** From here on the order of code units is not that of UTF-8. */
const FIRST_SURROGATE = 0xd800;

/**
 * The fingerprint by which Prometheus, Alertmanager and their clients name an alert: FNV-1a in 64 bits over each name and value, each followed
 * by 0xFF, names in the order of their bytes.
 * Shape   labels without empty values. Returns 16 lower-case hex digits.
 * Limits  Not a safe identity: whoever chooses labels can make two sets share it. `alertIdentity` is ours.
 * Source  prometheus/common model/signature.go.
 * @example alertFingerprint({ alertname: 'HighCPU', instance: 'h1' }) // '7909818cb2b8c9d0'
 */
export function alertFingerprint(labels: Labels): string {
  let high = OFFSET_HIGH;
  let low = OFFSET_LOW;
  const add = (byte: number): void => {
    low = (low ^ byte) >>> 0;
    // (high, low) times the prime: high moves by 32 bits, and low by 40 and by 435.
    const product = low * PRIME_LOW;
    high = (high * PRIME_LOW + Math.floor(product / TWO_32) + ((low << 8) >>> 0)) >>> 0;
    low = product >>> 0;
  };
  for (const [name, value] of sortedByBytes(labels)) {
    for (const byte of Buffer.from(name)) add(byte);
    add(SEPARATOR);
    for (const byte of Buffer.from(value)) add(byte);
    add(SEPARATOR);
  }
  return hex(high) + hex(low);
}

/**
 * The identity of an alert in storage, as a UUID: half of the SHA-256 of its labels. Senders choose labels, and one who forced two alerts onto
 * one identity could resolve what another fires.
 */
export function alertIdentity(labels: Labels): string {
  const text = JSON.stringify(sortedByBytes(labels));
  const digest = hash('sha256', text);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-${digest.slice(12, 16)}-${digest.slice(16, 20)}-${digest.slice(20, 32)}`;
}

/** In the order of the names' UTF-8. */
function sortedByBytes(labels: Labels): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => compareBytes(a, b));
}

function compareBytes(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    return x < FIRST_SURROGATE && y < FIRST_SURROGATE
      ? x - y
      : Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  return a.length - b.length;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
