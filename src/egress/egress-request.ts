import { Dispatcher } from 'undici';

import { InvalidEgressRequest } from './egress.errors';

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
] as const satisfies Dispatcher.HttpMethod[];
export type EgressMethod = (typeof METHODS)[number];

/** What frames the message or names its target is the client's to say: a caller's copy could smuggle a second request. */
const RESERVED_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** Visible characters, blanks and tabs of Latin-1: no line end can start a header of the value's own. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;

/**
 * The method in upper case. CONNECT and TRACE are not among them: they turn a target into a tunnel or a mirror.
 * Throws  InvalidEgressRequest, naming the accepted ones.
 * @example checkMethod('post') // 'POST'
 */
export function checkMethod(method: string): EgressMethod {
  const known = METHODS.find((name) => name === method.toUpperCase());
  if (known === undefined)
    throw new InvalidEgressRequest(`method not accepted; accepted are ${METHODS.join(', ')}`);
  return known;
}

/**
 * The headers to send: the caller's, in lower case, and the wish for an uncompressed answer.
 * Throws  InvalidEgressRequest for a reserved or ill-formed name, or a value with a line end; the text never holds the value.
 * @example checkHeaders({ 'X-Key': 'k' }) // { 'x-key': 'k', 'accept-encoding': 'identity' }
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked = Object.entries(headers).map(([name, value]): [string, string] => {
    const lower = name.toLowerCase();
    if (!HEADER_NAME.test(lower) || RESERVED_HEADERS.has(lower)) {
      throw new InvalidEgressRequest(
        `header ${JSON.stringify(name.slice(0, 64))} is not accepted; the client sets it, or it is no header name`,
      );
    }
    if (!HEADER_VALUE.test(value)) {
      throw new InvalidEgressRequest(
        `the value of header ${lower} is not accepted; it is one line of at most 8,192 Latin-1 characters`,
      );
    }
    return [lower, value];
  });
  return Object.fromEntries([...checked, ['accept-encoding', 'identity']]);
}
