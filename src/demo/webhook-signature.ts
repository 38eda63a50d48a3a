import { createHmac, timingSafeEqual } from 'node:crypto';
import { IncomingHttpHeaders } from 'node:http';

const SECRET_PREFIX = 'whsec_';
/** How far the sender's clock may be from ours; an older message may be one that somebody kept and sends again. */
const TOLERANCE_SECONDS = 300;

/**
 * Why a message is not one of the holder of the secret, or null where it is.
 * Shape   body: the bytes as they came. nowSeconds: Unix time.
 * Source  Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, any of several `v1,` signatures.
 */
export function signatureProblem(
  secret: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
  nowSeconds: number,
): string | null {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    return 'webhook-id, webhook-timestamp and webhook-signature are needed';
  if (!(Math.abs(Number(timestamp) - nowSeconds) <= TOLERANCE_SECONDS))
    return 'the message is too old or too new';
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const due = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  const isSigned = signatures.split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === due.length && timingSafeEqual(given, due);
  });
  return isSigned ? null : 'the signature is not ours';
}
