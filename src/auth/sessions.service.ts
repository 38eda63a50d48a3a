import { randomBytes, randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { Database } from '../database/database';
import { findRequest } from '../observability/request-context';
import { AccessTokens } from './access-tokens';
import { InvalidCredentials, PersonRequired, Unauthenticated } from './auth.errors';
import { Principal } from './principal';
import { RefreshTokensRepository } from './refresh-tokens.repository';
import { secretHash } from './secret-hash';
import { Standings } from './standings';
import { UserEntity } from './user.entity';
import { UsersRepository } from './users.repository';

/** What a client keeps to stay signed in. */
export interface Session {
  readonly user: UserEntity;
  readonly token: string;
  readonly refreshToken: string;
}

interface OpenFamily {
  readonly user: UserEntity;
  readonly family: string;
  readonly refreshToken: string;
}

/** Sessions: a short access token beside a refresh token that is good for one exchange. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly accessTokens: AccessTokens,
    private readonly standings: Standings,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Signs in a user whose password has been checked. Throws  InvalidCredentials where the account changed meanwhile. */
  async signIn(user: UserEntity): Promise<Session> {
    const opened = await this.database.run(async () => {
      const lastLoginAt = await this.users.signIn(user);
      if (lastLoginAt === null) throw new InvalidCredentials();
      actAs(user);
      await this.audit.record({ action: 'user.logged_in', subjectType: 'user', subjectId: user.id });
      return this.open({ ...user, lastLoginAt }, randomUUID());
    });
    return this.issue(opened);
  }

  /**
   * Exchanges a refresh token for the next, and a new access token. One that was exchanged before has been stolen from
   * its owner, or by its bearer: its whole session ends.
   * Throws  Unauthenticated.
   */
  async refresh(refreshToken: string): Promise<Session> {
    const opened = await this.database.run(() => this.exchange(secretHash(refreshToken)));
    if (opened === null) throw new Unauthenticated('Invalid or expired token');
    return this.issue(opened);
  }

  /** Ends the caller's session; where they sent name and password instead of a token, all of their sessions. Throws  PersonRequired. */
  async signOut({ actor, userId, sessionId }: Principal): Promise<void> {
    if (actor.kind !== 'user') throw new PersonRequired();
    await this.database.run(async () => {
      await this.users.lock(userId);
      await (sessionId === undefined
        ? this.refreshTokens.revokeAllOf(userId)
        : this.refreshTokens.revokeFamily(sessionId));
      await this.audit.record({ action: 'user.logged_out', subjectType: 'user', subjectId: userId });
      this.standings.forgetAll();
    });
  }

  /** Ends every session of a user, in the transaction that gives the reason. */
  async endAll(userId: number): Promise<void> {
    await this.refreshTokens.revokeAllOf(userId);
    this.standings.forgetAll();
  }

  /** Makes a changed account count at once. */
  reconsider(): void {
    this.standings.forgetAll();
  }

  /** A new session for a user who has just changed their password. */
  async restart(user: UserEntity): Promise<Session> {
    return this.issue(await this.open(user, randomUUID()));
  }

  private async exchange(tokenHash: Buffer): Promise<OpenFamily | null> {
    const owner = await this.refreshTokens.findOwner(tokenHash);
    // The owner's row comes first, as in everything that ends sessions: no family outlives its end by a race.
    const user = owner === null ? null : await this.users.lock(owner);
    if (user === null || !user.isActive) return null;
    actAs(user);
    const family = await this.refreshTokens.rotate(tokenHash);
    if (family !== null) return this.open(user, family);
    const stolen = await this.refreshTokens.findReused(tokenHash);
    if (stolen !== null) await this.revokeStolen(user, stolen);
    return null;
  }

  private async revokeStolen(user: UserEntity, family: string): Promise<void> {
    await this.refreshTokens.revokeFamily(family);
    await this.audit.record({
      action: 'user.refresh_token_reused',
      subjectType: 'user',
      subjectId: user.id,
      after: { session: family },
    });
    this.standings.forgetAll();
  }

  private async open(user: UserEntity, family: string): Promise<OpenFamily> {
    const refreshToken = randomBytes(32).toString('base64url');
    await this.refreshTokens.insert(user.id, family, secretHash(refreshToken));
    return { user, family, refreshToken };
  }

  private async issue({ user, family, refreshToken }: OpenFamily): Promise<Session> {
    const { id: userId, username, role, tokenVersion } = user;
    return {
      user,
      refreshToken,
      token: await this.accessTokens.issue({ userId, username, role, tokenVersion, sessionId: family }),
    };
  }
}

/** From here on the request is this user's; the audit rows name them. */
function actAs({ id, username }: UserEntity): void {
  const request = findRequest();
  if (request !== null) request.actor = { kind: 'user', id, name: username };
}
