import { createHash } from 'node:crypto';
import { isIP } from 'node:net';

/** How many failures block, counted over which time, and for how long. */
export interface LockoutRule {
  readonly failures: number;
  readonly windowSeconds: number;
  readonly blockSeconds: number;
}

/**
 * One account from one address. By address as well, since a count by account alone would let anybody lock the admin out
 * from anywhere.
 */
export const ACCOUNT_LOCKOUT: LockoutRule = { failures: 5, windowSeconds: 900, blockSeconds: 900 };

/** Any accounts from one address: a list of names tried with one password each. */
export const ADDRESS_LOCKOUT: LockoutRule = { failures: 20, windowSeconds: 900, blockSeconds: 900 };

/** For so long after a success the failures of others at the same address (an office behind one router) do not block an account. */
export const FAMILIAR_DAYS = 30;

/** The account part of the row that counts a whole address. */
export const ANY_ACCOUNT = Buffer.alloc(0);

/**
 * What an account is counted under: the hash of the name as typed, whatever its case. A username and the email of the
 * same user count apart; counting them as one would tell a stranger that they belong together.
 */
export function accountHash(identifier: string): Buffer {
  return createHash('sha256').update(identifier.toLowerCase()).digest();
}

/**
 * What an address is counted under: IPv4 as it is (also when mapped into IPv6), IPv6 by its /64, since one customer owns
 * all of that.
 * @example addressBucket('2001:db8:1:2:3::4') // '2001:db8:1:2::/64'
 */
export function addressBucket(address: string): string {
  const bare = address.split('%', 1)[0].toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare);
  if (mapped !== null) return mapped[1];
  return isIP(bare) === 6 ? `${network64(bare)}::/64` : bare;
}

function network64(address: string): string {
  const [head, tail] = address.split('::', 2);
  const first = groupsOf(head);
  const last = groupsOf(tail ?? '');
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

function groupsOf(part: string): string[] {
  // A dotted quad at the end stands for two groups; it never reaches the first four, so its value does not matter.
  return part === '' ? [] : part.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
}
