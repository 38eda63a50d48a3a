import { isIP } from 'node:net';

import { InvalidEgressUrl } from './egress.errors';

export type EgressScheme = 'http' | 'https';

/** Where a request goes, in one spelling only, so that it can be compared with the allow-list character by character. */
export interface EgressTarget {
  readonly scheme: EgressScheme;
  /** Lower case, punycode, no trailing dot; an IPv6 literal without brackets. */
  readonly host: string;
  readonly port: number;
  /** With the query, without the fragment. */
  readonly path: string;
  /** Whether `host` is an address, for which no name is looked up. */
  readonly isLiteral: boolean;
}

const MAX_URL_LENGTH = 8192;
const MAX_HOST_LENGTH = 253;
const DEFAULT_PORTS: Readonly<Record<EgressScheme, number>> = { http: 80, https: 443 };
/** The URL parser mends these (drops tabs, turns backslashes), and a reader would see another host than it does. */
const MENDED_CHARACTERS = /[\\\s]/;
/** As it mends `http:/a` and `http:///a`. */
const SCHEME_AND_AUTHORITY = /^https?:\/\/([^/?#]+)/i;
const HOST_LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * The target of a URL, or a refusal where it could mean something else to another reader.
 * Shape   text: an absolute http or https URL. Odd spellings of IPv4 (decimal, octal, hex, short) come out as the dotted address that
 *         they mean, to be judged as such.
 * Throws  InvalidEgressUrl for other schemes, a user name or password, blanks or backslashes, port 0, or a host that is no host name.
 * @example parseEgressUrl('https://Example.com./a?b#c') // { scheme: 'https', host: 'example.com', port: 443, path: '/a?b', … }
 */
export function parseEgressUrl(text: string): EgressTarget {
  if (text.length > MAX_URL_LENGTH) throw new InvalidEgressUrl(`longer than ${MAX_URL_LENGTH} characters`);
  const plain = MENDED_CHARACTERS.test(text) ? null : SCHEME_AND_AUTHORITY.exec(text);
  if (plain === null) {
    throw new InvalidEgressUrl(
      'accepted is http:// or https://, a host, and a path without blanks or backslashes',
    );
  }
  // The answer must not repeat the text: it may hold the very password that is refused here.
  if (plain[1].includes('@'))
    throw new InvalidEgressUrl('a user name or password in the URL is not accepted; use a header');
  if (!URL.canParse(text)) throw new InvalidEgressUrl('the host or port cannot be read');
  const url = new URL(text);
  const scheme: EgressScheme = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port);
  if (port === 0) throw new InvalidEgressUrl('port 0 is not accepted');
  const host = readHost(url.hostname);
  return { scheme, host, port, path: `${url.pathname}${url.search}`, isLiteral: isIP(host) !== 0 };
}

function readHost(hostname: string): string {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  const host = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  if (isIP(host) !== 0) return host;
  if (host.length > MAX_HOST_LENGTH || !host.split('.').every((label) => HOST_LABEL.test(label))) {
    throw new InvalidEgressUrl(
      'the host is no host name; accepted are letters, digits, - and _ between dots',
    );
  }
  return host;
}
