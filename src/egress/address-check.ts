import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * Who answers at an address: anyone on the internet; the organisation's own network; this machine; whoever shares the wire, and
 * the cloud's metadata services; or nothing that a request could be meant for.
 */
export type AddressClass = 'public' | 'private' | 'loopback' | 'link_local' | 'special';

type Range = readonly [network: string, prefix: number];

const LOOPBACK: readonly Range[] = [
  ['127.0.0.0', 8],
  ['::1', 128],
];

const LINK_LOCAL: readonly Range[] = [
  ['169.254.0.0', 16],
  ['fe80::', 10],
  // Metadata services that hand out credentials from addresses of other kinds: AWS (IPv6), Google (IPv6), Alibaba, Azure.
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
];

const PRIVATE: readonly Range[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  // Carrier-grade NAT: clusters and overlay networks number their hosts from it.
  ['100.64.0.0', 10],
  ['fc00::', 7],
];

const SPECIAL: readonly Range[] = [
  ['0.0.0.0', 8], // "this network": Linux connects 0.0.0.0 to the loopback
  ['192.0.0.0', 24], // IETF protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // multicast tunnelling
  ['192.88.99.0', 24], // 6to4 relays, withdrawn
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and the broadcast address
  ['2001::', 23], // IETF protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
];

/** In order: a metadata address inside a private range is a metadata address. */
const CLASSES: readonly (readonly [AddressClass, BlockList])[] = [
  ['loopback', blockList(LOOPBACK)],
  ['link_local', blockList(LINK_LOCAL)],
  ['private', blockList(PRIVATE)],
  ['special', blockList(SPECIAL)],
];

/** The only part of IPv6 that is handed out for the internet; the rest is reserved, multicast or local. */
const GLOBAL_UNICAST = blockList([['2000::', 3]]);

/** Prefixes that carry an IPv4 address, and the 16-bit group at which it starts. */
const EMBEDDINGS: readonly (readonly [prefix: readonly number[], group: number])[] = [
  [[0, 0, 0, 0, 0, 0xffff], 6], // IPv4-mapped ::ffff:0:0/96
  [[0x64, 0xff9b, 0, 0, 0, 0], 6], // NAT64 64:ff9b::/96
  [[0x2002], 1], // 6to4 2002::/16
];

/**
 * What kind of host an IP address reaches. An IPv6 address that only wraps an IPv4 one (mapped, NAT64, 6to4) is judged by the IPv4
 * address, since that is where the packets end up.
 * Shape   ip: an address as text, IPv6 without brackets; a zone (`%eth0`) is ignored. Anything else is `special`.
 * Source  RFC 6890 and the IANA special-purpose registries; the providers' documents for metadata addresses.
 * @example classifyAddress('::ffff:169.254.169.254') // 'link_local'
 */
export function classifyAddress(ip: string): AddressClass {
  const address = ip.split('%', 1)[0];
  if (isIP(address) === 0) return 'special';
  if (isIPv4(address)) return classOf(address, 'ipv4') ?? 'public';
  const embedded = embeddedIPv4(address);
  if (embedded !== null) return classifyAddress(embedded);
  return classOf(address, 'ipv6') ?? (GLOBAL_UNICAST.check(address, 'ipv6') ? 'public' : 'special');
}

/**
 * Whether a request may go to an address: public ones yes, private and loopback ones where the rule says so, and link-local, metadata
 * and special ones never, whatever the rule says.
 * @example mayConnect('10.1.2.3', false) // false
 */
export function mayConnect(ip: string, allowPrivate: boolean): boolean {
  const kind = classifyAddress(ip);
  return kind === 'public' || (allowPrivate && (kind === 'private' || kind === 'loopback'));
}

function classOf(address: string, family: 'ipv4' | 'ipv6'): AddressClass | null {
  return CLASSES.find(([, list]) => list.check(address, family))?.[0] ?? null;
}

function embeddedIPv4(address: string): string | null {
  const groups = expandIPv6(address);
  const embedding = EMBEDDINGS.find(([prefix]) => prefix.every((group, index) => groups[index] === group));
  if (embedding === undefined) return null;
  const [high, low] = groups.slice(embedding[1], embedding[1] + 2);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The eight groups. The URL parser first brings every spelling (dotted tails, zeros, case) to one. */
function expandIPv6(address: string): number[] {
  const [head, tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = readGroups(head);
  if (tail === undefined) return left;
  const right = readGroups(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function readGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => parseInt(group, 16));
}

function blockList(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, isIPv4(network) ? 'ipv4' : 'ipv6');
  return list;
}
