import { addressBucket } from './lockout';
import { Principal } from './principal';

/**
 * Who is behind a request, for whatever is counted or kept by caller: a user, a key, or else an address.
 * @example callerOf({ principal: null, ip: '::ffff:192.0.2.1' }) // 'address:192.0.2.1'
 */
export function callerOf({ principal, ip }: { principal: Principal | null; ip: string }): string {
  if (principal === null) return `address:${addressBucket(ip)}`;
  const { kind, id } = principal.actor;
  return `${kind}:${id}`;
}
