import { types } from 'node:util';

/** Deadlock (40P01) and serialization failure (40001): Postgres undid one transaction so that another may go on. */
const LOST = new Set(['40P01', '40001']);

/**
 * Whether an error says that a transaction lost a conflict with another and holds when it is run again. Looks through wrapped errors.
 * @example isLostConflict(Object.assign(new Error('deadlock detected'), { code: '40P01' })) // true
 */
export function isLostConflict(error: unknown): boolean {
  for (let cause: unknown = error, depth = 0; types.isNativeError(cause) && depth < 5; depth += 1) {
    const { code, driverError } = cause as Error & { code?: unknown; driverError?: unknown };
    if (typeof code === 'string' && LOST.has(code)) return true;
    cause = driverError ?? cause.cause;
  }
  return false;
}
