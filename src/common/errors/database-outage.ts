import { types } from 'node:util';

/** Connection lost or refused while a statement ran; node-postgres gives these no SQLSTATE. */
const CONNECTION_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * SQLSTATEs that say "not now": shutdown (57P0x), statement timeout (57014), too many connections (53xxx), read-only
 * stand-by (25006), and the losers of a conflict (40001, 40P01, 55P03), who may simply try again.
 */
const OUTAGE_STATES = /^(08|53|57P0)|^(57014|25006|40001|40P01|55P03)$/;

/** What the driver and TypeORM say of a connection that died under a request; the last one when it did so before the commit. */
const OUTAGE_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Cannot use a pool after calling end|Driver not Connected|not queryable|Query runner already released/i;

/**
 * Whether an error means that the database cannot answer at present, so that the caller should try again (503),
 * as against a fault of ours (500). Looks through wrapped errors.
 */
export function isDatabaseOutage(error: unknown): boolean {
  // By its nature, not its class: the runtime's own errors may come from another realm.
  for (let cause: unknown = error, depth = 0; types.isNativeError(cause) && depth < 5; depth += 1) {
    const { code, driverError, errors } = cause as Error & {
      code?: unknown;
      driverError?: unknown;
      errors?: unknown[];
    };
    if (typeof code === 'string' && (CONNECTION_ERRORS.has(code) || OUTAGE_STATES.test(code))) return true;
    if (OUTAGE_TEXT.test(cause.message)) return true;
    if (Array.isArray(errors) && errors.some(isDatabaseOutage)) return true;
    cause = driverError ?? cause.cause;
  }
  return false;
}
