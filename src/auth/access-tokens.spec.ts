import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Clock } from '../common/time/clock';
import { AuthConfig, DatabaseConfig } from '../config/sections';
import { ACCESS_TOKEN_SECONDS, AccessTokens } from './access-tokens';

const SECRET = 'a-signing-key-of-the-tests-that-is-long-enough';
const NOW = Date.parse('2026-03-01T12:00:00Z');
const SUBJECT = {
  userId: 7,
  username: 'ada',
  role: 'analyst',
  tokenVersion: 2,
  sessionId: '6b0f2c52-2a50-4f6e-9a4c-0d8b7a8f6c11',
} as const;

class MovableClock extends Clock {
  time = NOW;
  now(): Date {
    return new Date(this.time);
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

function forge(header: object, claims: object, secret = SECRET): string {
  const body = `${encode(header)}.${encode(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

const second = NOW / 1_000;
const HEADER = { alg: 'HS256', typ: 'JWT' };
const CLAIMS = {
  user_id: 7,
  username: 'ada',
  role: 'admin',
  type: 'access',
  token_version: 2,
  sid: SUBJECT.sessionId,
  sub: '7',
  iss: 'smartcloudops-ai',
  aud: 'smartcloudops-api',
  iat: second,
  nbf: second,
  exp: second + ACCESS_TOKEN_SECONDS,
};

describe('access tokens', () => {
  let clock: MovableClock;
  let tokens: AccessTokens;

  beforeEach(() => {
    clock = new MovableClock();
    tokens = new AccessTokens({ jwtSecret: SECRET } as AuthConfig, {} as DatabaseConfig, clock);
  });

  it('say whom they were made out to', async () => {
    const { userId, tokenVersion, sessionId } = SUBJECT;
    expect(await tokens.read(await tokens.issue(SUBJECT))).toEqual({ userId, tokenVersion, sessionId });
  });

  it('carry the claims of the contract', async () => {
    const [header, claims] = (await tokens.issue(SUBJECT))
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(header)).toEqual(HEADER);
    expect(JSON.parse(claims)).toMatchObject({ ...CLAIMS, role: 'analyst' });
  });

  it('hold as long as they say, give or take the leeway', async () => {
    const token = await tokens.issue(SUBJECT);
    clock.time += (ACCESS_TOKEN_SECONDS + 59) * 1_000;
    await expect(tokens.read(token)).resolves.toMatchObject({ userId: 7 });
    clock.time += 2_000;
    await expect(tokens.read(token)).rejects.toThrow('Token has expired');
  });

  it('are not yet valid before they were issued', async () => {
    const token = await tokens.issue(SUBJECT);
    clock.time -= 61_000;
    await expect(tokens.read(token)).rejects.toThrow('Invalid or expired token');
  });

  it('accept the forger who knows the secret, so that the table below proves something', async () => {
    await expect(tokens.read(forge(HEADER, CLAIMS))).resolves.toMatchObject({ userId: 7 });
  });

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signed = (header: object): string => {
    const body = `${encode(header)}.${encode(CLAIMS)}`;
    return `${body}.${sign('RSA-SHA256', Buffer.from(body), privateKey).toString('base64url')}`;
  };
  const without = (claim: keyof typeof CLAIMS): object =>
    Object.fromEntries(Object.entries(CLAIMS).filter(([name]) => name !== claim));

  it.each([
    ['no text', ''],
    ['two parts', 'a.b'],
    ['rubbish', 'a.b.c'],
    ['no algorithm', `${encode({ alg: 'none' })}.${encode(CLAIMS)}.`],
    ['no algorithm, in capitals', `${encode({ alg: 'NONE', typ: 'JWT' })}.${encode(CLAIMS)}.`],
    ['another HMAC', forge({ alg: 'HS512', typ: 'JWT' }, CLAIMS)],
    ['an RSA signature', signed({ alg: 'RS256', typ: 'JWT' })],
    ['an RSA signature called HMAC', signed(HEADER)],
    ['another secret', forge(HEADER, CLAIMS, 'another-secret-that-is-just-as-long-as-ours')],
    ['an empty secret', forge(HEADER, CLAIMS, '')],
    ['a key of its own', forge({ ...HEADER, jwk: { kty: 'oct', k: 'eA' } }, CLAIMS, 'x')],
    ['a key by path', forge({ ...HEADER, kid: '../../../../dev/null' }, CLAIMS, '')],
    ['an extension that we must understand', forge({ ...HEADER, crit: ['x'], x: 1 }, CLAIMS)],
    ['another type of document', forge({ alg: 'HS256', typ: 'at+jwt' }, CLAIMS)],
    [
      'changed claims',
      (() => {
        const [h, , s] = forge(HEADER, CLAIMS).split('.');
        return `${h}.${encode({ ...CLAIMS, user_id: 1 })}.${s}`;
      })(),
    ],
    ['no signature', forge(HEADER, CLAIMS).replace(/[^.]+$/, '')],
    ['a refresh token', forge(HEADER, { ...CLAIMS, type: 'refresh' })],
    ['no type', forge(HEADER, without('type'))],
    ['another issuer', forge(HEADER, { ...CLAIMS, iss: 'somebody' })],
    ['another audience', forge(HEADER, { ...CLAIMS, aud: 'somebody' })],
    ['no expiry', forge(HEADER, without('exp'))],
    ['no issue time', forge(HEADER, without('iat'))],
    ['no start', forge(HEADER, without('nbf'))],
    ['no session', forge(HEADER, without('sid'))],
    ['no subject', forge(HEADER, without('sub'))],
    ['a later start', forge(HEADER, { ...CLAIMS, nbf: second + 120 })],
    ['an issue time to come', forge(HEADER, { ...CLAIMS, iat: second + 120 })],
    [
      'a life longer than ours',
      forge(HEADER, { ...CLAIMS, iat: second - 86_400, nbf: second - 86_400, exp: second + 86_400 }),
    ],
    ['a user that is no number', forge(HEADER, { ...CLAIMS, user_id: '7' })],
    ['a user that is no id', forge(HEADER, { ...CLAIMS, user_id: -1 })],
    ['a version that is no number', forge(HEADER, { ...CLAIMS, token_version: null })],
    ['a session that is no text', forge(HEADER, { ...CLAIMS, sid: 7 })],
    ['a session that is no id', forge(HEADER, { ...CLAIMS, sid: "' OR 1=1" })],
  ])('are refused with %s', async (_, token) => {
    await expect(tokens.read(token)).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('are signed with a secret of our own where none is given, the same at the next start', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'smartcloudops-secret-'));
    const start = () => new AccessTokens({} as AuthConfig, { dataDir } as DatabaseConfig, clock);
    const token = await start().issue(SUBJECT);
    await expect(start().read(token)).resolves.toMatchObject({ userId: 7 });
    await expect(tokens.read(token)).rejects.toThrow('Invalid or expired token');
    rmSync(dataDir, { recursive: true });
  });
});
