/** Comes before every transaction that can have written a row; rows from before the chain have it. */
export const BEFORE_ALL_TRANSACTIONS = '1';
/** Comes after every transaction. */
export const PAST_ALL_TRANSACTIONS = '18446744073709551615';

/**
 * Whether one transaction's number is greater than another's; they are as long as 64 bits, so they stay texts.
 * @example isAfter('10', '9') // true
 */
export function isAfter(xact: string, other: string): boolean {
  return BigInt(xact) > BigInt(other);
}

/**
 * The snapshot in which exactly the transactions before one are over, as Postgres writes it.
 * @example snapshotAt('812') // 812:812:
 */
export function snapshotAt(xact: string): string {
  return `${xact}:${xact}:`;
}
