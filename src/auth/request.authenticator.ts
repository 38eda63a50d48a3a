import { createHmac, randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { ACCESS_MATRIX, Permission, Role } from './access-matrix';
import { AccessTokens } from './access-tokens';
import { InvalidCredentials, Unauthenticated } from './auth.errors';
import { Authenticator } from './authenticator';
import { readCredentials } from './credentials';
import { CredentialsService } from './credentials.service';
import { Principal } from './principal';
import { ShortCache } from './short-cache';
import { Standings } from './standings';
import { AccountStanding } from './users.repository';

/** A password costs tens of milliseconds to check: too much for every request of a client that sends it with each. */
const REMEMBER_PASSWORD_SECONDS = 60;

const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  admin: new Set(ACCESS_MATRIX.admin),
  operator: new Set(ACCESS_MATRIX.operator),
  analyst: new Set(ACCESS_MATRIX.analyst),
  viewer: new Set(ACCESS_MATRIX.viewer),
  user: new Set(ACCESS_MATRIX.user),
};

/** Tells who sends a request by access token, API key, or name and password. */
@Injectable()
export class RequestAuthenticator extends Authenticator {
  private readonly checked = new ShortCache<{ id: number; tokenVersion: number }>(REMEMBER_PASSWORD_SECONDS);
  // Of this process alone: what it remembers of passwords is worth nothing elsewhere.
  private readonly pepper = randomBytes(32);

  constructor(
    private readonly tokens: AccessTokens,
    private readonly credentials: CredentialsService,
    private readonly standings: Standings,
  ) {
    super();
  }

  async authenticate(request: FastifyRequest): Promise<Principal> {
    const shown = readCredentials(request.headers);
    switch (shown.kind) {
      case 'token':
        return this.byToken(shown.token);
      case 'api_key':
        return this.byKey(shown.key);
      case 'password':
        return this.byPassword(shown.username, shown.password, request.ip);
      case 'malformed':
        throw new Unauthenticated('Invalid authorization header format');
      case 'none':
        throw new Unauthenticated('Authorization header required');
    }
  }

  private async byToken(token: string): Promise<Principal> {
    const { userId, tokenVersion, sessionId } = await this.tokens.read(token);
    const account = await this.standings.ofSession(userId, sessionId);
    if (account.tokenVersion !== tokenVersion) throw new Unauthenticated('Invalid or expired token');
    return { ...userPrincipal(account), sessionId };
  }

  private async byKey(key: string): Promise<Principal> {
    const { keyId, name, scopes, userId, role } = await this.standings.ofKey(key);
    const permissions = new Set(scopes.filter((scope) => ROLE_PERMISSIONS[role].has(scope)));
    return { actor: { kind: 'api_key', id: keyId, name }, userId, role, permissions };
  }

  private async byPassword(
    username: string,
    password: string,
    address: string,
    isAnew = false,
  ): Promise<Principal> {
    const memory = createHmac('sha256', this.pepper).update(`${username}\0${password}`).digest('base64');
    const { id, tokenVersion } = await this.checked.get(memory, async () => {
      const user = await this.credentials.check(username, password, address);
      return { id: user.id, tokenVersion: user.tokenVersion };
    });
    const account = await this.standings.ofUser(id);
    if (account.tokenVersion === tokenVersion) return userPrincipal(account);
    // The account changed after one of the two was looked up: both are looked up anew, once.
    this.checked.forget(memory);
    this.standings.forgetAll();
    if (isAnew) throw new InvalidCredentials();
    return this.byPassword(username, password, address, true);
  }
}

function userPrincipal({ userId, username, role }: AccountStanding): Principal {
  return {
    actor: { kind: 'user', id: userId, name: username },
    userId,
    role,
    permissions: ROLE_PERMISSIONS[role],
  };
}
