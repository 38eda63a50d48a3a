import { randomUUID, webcrypto } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';

import { Clock } from '../common/time/clock';
import { AuthConfig, DatabaseConfig } from '../config/sections';
import { signingSecret } from '../config/signing-secret';
import { Role } from './access-matrix';
import { Unauthenticated } from './auth.errors';

/** An access token's life; `expires_in` of every answer that carries one. */
export const ACCESS_TOKEN_SECONDS = 900;

const ALGORITHM = 'HS256';
const ISSUER = 'smartcloudops-ai';
const AUDIENCE = 'smartcloudops-api';
/** How far the clocks of two machines may be apart. */
const LEEWAY_SECONDS = 60;

/** Whom a token was made out to, and the state of their account at that time. */
export interface TokenSubject {
  readonly userId: number;
  readonly username: string;
  readonly role: Role;
  readonly tokenVersion: number;
  /** The session, which is the family of its refresh tokens. */
  readonly sessionId: string;
}

/** What a valid token says. Rights are not among it: they come from the account as it is now. */
export type TokenClaims = Pick<TokenSubject, 'userId' | 'tokenVersion' | 'sessionId'>;

/** A token that was verified once holds until it ends: its signature does not change. */
interface VerifiedToken {
  readonly claims: TokenClaims;
  readonly verifiedAtMs: number;
  readonly endsAtMs: number;
}

/** So many verified tokens are remembered; the oldest makes room. */
const REMEMBERED_TOKENS = 10_000;

/** Signs and reads access tokens: one algorithm, our own issuer and audience, a short life. */
@Injectable()
export class AccessTokens {
  // Verifying costs more than all else that a small read does, and a caller sends the same token hundreds of times.
  private readonly verified = new Map<string, VerifiedToken>();
  // Imported once: jose would do so anew for every token.
  private readonly key: Promise<webcrypto.CryptoKey>;

  constructor(
    auth: AuthConfig,
    database: DatabaseConfig,
    private readonly clock: Clock,
  ) {
    const secret = Buffer.from(signingSecret(auth, database.dataDir));
    this.key = webcrypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
      'verify',
    ]);
  }

  async issue({ userId, username, role, tokenVersion, sessionId }: TokenSubject): Promise<string> {
    const issuedAt = Math.floor(this.clock.now().getTime() / 1_000);
    return new SignJWT({
      user_id: userId,
      username,
      role,
      type: 'access',
      token_version: tokenVersion,
      sid: sessionId,
    })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setSubject(String(userId))
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
      .setJti(randomUUID())
      .sign(await this.key);
  }

  /** Throws  Unauthenticated where the token is not ours, not for access, or too old. */
  async read(token: string): Promise<TokenClaims> {
    const nowMs = this.clock.now().getTime();
    const known = this.verified.get(token);
    if (known !== undefined && known.verifiedAtMs <= nowMs && nowMs < known.endsAtMs) return known.claims;
    this.verified.delete(token);
    return this.verify(token, nowMs);
  }

  private async verify(token: string, nowMs: number): Promise<TokenClaims> {
    try {
      const { payload } = await jwtVerify(token, await this.key, {
        algorithms: [ALGORITHM],
        typ: 'JWT',
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['exp', 'nbf', 'iat', 'sub', 'sid'],
        maxTokenAge: ACCESS_TOKEN_SECONDS,
        clockTolerance: LEEWAY_SECONDS,
        currentDate: new Date(nowMs),
      });
      const { user_id: userId, token_version: tokenVersion, sid: sessionId, type, exp, iat } = payload;
      if (type !== 'access' || !isCount(userId) || !isCount(tokenVersion) || !isUuid(sessionId)) {
        throw new Unauthenticated('Invalid or expired token');
      }
      const claims = { userId, tokenVersion, sessionId };
      const endsAt = Math.min(Number(exp), Number(iat) + ACCESS_TOKEN_SECONDS) + LEEWAY_SECONDS;
      this.remember(token, { claims, verifiedAtMs: nowMs, endsAtMs: endsAt * 1_000 });
      return claims;
    } catch (error) {
      throw new Unauthenticated(
        error instanceof errors.JWTExpired ? 'Token has expired' : 'Invalid or expired token',
      );
    }
  }

  private remember(token: string, verified: VerifiedToken): void {
    this.verified.set(token, verified);
    // A Map keeps the order of insertion: the first is the oldest.
    for (const oldest of this.verified.keys()) {
      if (this.verified.size <= REMEMBERED_TOKENS) break;
      this.verified.delete(oldest);
    }
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isUuid(value: unknown): value is string {
  return (
    typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(value)
  );
}
