import { createHash } from 'node:crypto';

/** How keys and refresh tokens are kept: they are random, so a plain digest is enough, and can be looked up. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
