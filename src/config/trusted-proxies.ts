import { isIP } from 'node:net';

/** How many proxies stand in front, each of which adds the address it was called from; or which addresses they have. */
export type TrustedProxies = number | readonly string[];

const MAX_HOPS = 10;
/** Names that stand for whole ranges. */
const RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * Reads a setting: none (false), one (true), their number, or their addresses and networks.
 * Never "whoever is named first in the header": that is what the caller itself wrote.
 * Throws  Error that completes "TRUST_PROXY must be ...".
 * @example readTrustedProxies('10.0.0.0/8, loopback') // ['10.0.0.0/8', 'loopback']
 */
export function readTrustedProxies(text: string): TrustedProxies {
  if (text === 'false') return 0;
  if (text === 'true') return 1;
  if (/^\d{1,2}$/.test(text) && Number(text) <= MAX_HOPS) return Number(text);
  const places = text.split(',').map((place) => place.trim());
  if (!places.every((place) => RANGES.has(place) || isNetwork(place)))
    throw new Error(`true, false, a number of proxies up to ${MAX_HOPS}, or their addresses and networks`);
  return Object.freeze(places);
}

function isNetwork(place: string): boolean {
  const [address, prefix, ...rest] = place.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}
