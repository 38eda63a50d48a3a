import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { Log } from '../observability/log';
import { ApiKeysRepository, KeyStanding } from './api-keys.repository';
import { InvalidCredentials, Unauthenticated } from './auth.errors';
import { secretHash } from './secret-hash';
import { ShortCache } from './short-cache';
import { AccountStanding, UsersRepository } from './users.repository';

/** For so long another process may still honour what was ended here. */
const REMEMBER_SECONDS = 5;

/** How accounts, sessions and keys stand at present: from the database, remembered for a few seconds. */
@Injectable()
export class Standings {
  private readonly accounts = new ShortCache<AccountStanding>(REMEMBER_SECONDS);
  private readonly keys = new ShortCache<KeyStanding>(REMEMBER_SECONDS);

  constructor(
    private readonly users: UsersRepository,
    private readonly apiKeys: ApiKeysRepository,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Throws  Unauthenticated where the account is disabled or the session has ended. */
  ofSession(userId: number, sessionId: string): Promise<AccountStanding> {
    return this.accounts.get(`${userId} ${sessionId}`, async () => {
      const standing = await this.users.findStanding(userId, sessionId);
      if (standing === null) throw new Unauthenticated('Invalid or expired token');
      return standing;
    });
  }

  /** Throws  InvalidCredentials where the account is disabled. */
  ofUser(userId: number): Promise<AccountStanding> {
    return this.accounts.get(String(userId), async () => {
      const standing = await this.users.findStanding(userId, null);
      if (standing === null) throw new InvalidCredentials();
      return standing;
    });
  }

  /** Throws  Unauthenticated where there is no such key, or it is over, or its creator is disabled. */
  ofKey(key: string): Promise<KeyStanding> {
    const keyHash = secretHash(key);
    return this.keys.get(keyHash.toString('base64'), async () => {
      const standing = await this.apiKeys.findStanding(keyHash);
      if (standing === null) throw new Unauthenticated('Invalid or expired token');
      if (standing.isUseStale) this.noteUse(standing.keyId);
      return standing;
    });
  }

  /** Once the open transaction has committed, looks everything up anew; whoever changes an account, a session or a key calls this. */
  forgetAll(): void {
    this.database.afterCommit(() => {
      this.accounts.forgetAll();
      this.keys.forgetAll();
    });
  }

  /** Nobody waits for it, and nobody's request fails by it. */
  private noteUse(keyId: number): void {
    this.apiKeys
      .noteUse(keyId)
      .catch((error: Error) => this.log.debug({ reason: error.message }, 'the use of a key was not noted'));
  }
}
