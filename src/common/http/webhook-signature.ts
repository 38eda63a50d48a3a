import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]{32,86}={0,2}$/;
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/**
 * The key in a signing secret; null where it is none.
 * Shape   `whsec_` and the base64 of 24 to 64 bytes; the prefix may be missing.
 * Source  Standard Webhooks, "Signature scheme".
 */
export function readSigningSecret(secret: string): Buffer | null {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  if (!BASE64.test(text)) return null;
  const key = Buffer.from(text, 'base64');
  return key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES ? key : null;
}

/**
 * The headers that sign a message: one signature a key, so that a receiver can change to a new key without missing a message.
 * Shape   body: exactly the bytes that are sent. at: the time of this attempt, which the receiver holds to its clock.
 * Source  Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, version v1.
 * @example signatureHeaders([key], 'step', new Date(), '{}')
 */
export function signatureHeaders(
  keys: readonly Buffer[],
  id: string,
  at: Date,
  body: string,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = keys.map((key) => {
    const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    return `v1,${digest}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
