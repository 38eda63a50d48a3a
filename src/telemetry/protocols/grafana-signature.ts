import { createHmac, timingSafeEqual } from 'node:crypto';

/** For so long a signed request may be under way, and so far may clocks differ. */
const TOLERANCE_SECONDS = 300;

/** What a request shows to prove that its sender knows the secret. */
export interface ShownSignature {
  readonly signature: string | undefined;
  /** Unix seconds, where the sender sends them. */
  readonly timestamp: string | undefined;
}

/** Why a signature does not hold, or that it does. */
export type SignatureVerdict = 'valid' | 'missing' | 'wrong' | 'out-of-time';

/**
 * The signature of a Grafana notification: HMAC-SHA256 in lower-case hex, over the body, or over `<timestamp>:` and the body.
 * Source  grafana/alerting, http/hmac.go
 * @example grafanaSignature('s3cret', Buffer.from('{"status":"firing"}'), null) // '043737fa…'
 */
export function grafanaSignature(secret: string, body: Uint8Array, timestamp: string | null): string {
  const mac = createHmac('sha256', secret);
  if (timestamp !== null) mac.update(`${timestamp}:`);
  return mac.update(body).digest('hex');
}

/** Holds a shown signature against the secret, in constant time; a timestamp that was sent is signed with the body and must be of now. */
export function verifyGrafana(
  secret: string,
  body: Uint8Array,
  { signature, timestamp }: ShownSignature,
  nowMs: number,
): SignatureVerdict {
  if (signature === undefined || signature === '') return 'missing';
  const expected = Buffer.from(grafanaSignature(secret, body, timestamp ?? null));
  const shown = Buffer.from(signature);
  if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) return 'wrong';
  if (timestamp === undefined) return 'valid';
  const isOfNow =
    /^\d{1,12}$/.test(timestamp) && Math.abs(nowMs / 1_000 - Number(timestamp)) <= TOLERANCE_SECONDS;
  return isOfNow ? 'valid' : 'out-of-time';
}
