import type { IncomingHttpHeaders } from 'node:http';

import { isApiKey } from './api-key';

/** What a request shows to say who sends it; not yet checked. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'api_key'; readonly key: string }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' };

const TOKEN68 = /^[A-Za-z0-9._~+/-]+=*$/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
// Checked apart from passwords, which may hold anything that people type.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Reads the credentials of a request: `Authorization` (Bearer with a token or an API key, Basic with a name and password
 * or with an API key as the password), else `X-API-Key`.
 */
export function readCredentials(headers: IncomingHttpHeaders): Credentials {
  const { authorization } = headers;
  if (authorization !== undefined) return readAuthorization(authorization);
  const key = headers['x-api-key'];
  if (key === undefined) return { kind: 'none' };
  return typeof key === 'string' && isApiKey(key) ? { kind: 'api_key', key } : { kind: 'malformed' };
}

function readAuthorization(header: string): Credentials {
  const separator = header.indexOf(' ');
  const scheme = header.slice(0, Math.max(separator, 0)).toLowerCase();
  const value = separator < 0 ? '' : header.slice(separator + 1).trim();
  if (scheme === 'bearer' && TOKEN68.test(value)) {
    return isApiKey(value) ? { kind: 'api_key', key: value } : { kind: 'token', token: value };
  }
  return scheme === 'basic' && BASE64.test(value) ? readBasic(value) : { kind: 'malformed' };
}

function readBasic(encoded: string): Credentials {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return { kind: 'malformed' };
  const username = text.slice(0, colon);
  const password = text.slice(colon + 1);
  if (isApiKey(password)) return { kind: 'api_key', key: password };
  return CONTROL.test(text) ? { kind: 'malformed' } : { kind: 'password', username, password };
}
