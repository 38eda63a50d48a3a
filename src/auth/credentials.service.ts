import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { Database } from '../database/database';
import {
  InvalidCredentials,
  PersonRequired,
  TooManyAttempts,
  UserNotFound,
  WrongCurrentPassword,
} from './auth.errors';
import { accountHash, addressBucket } from './lockout';
import { LoginAttemptsRepository } from './login-attempts.repository';
import { Passwords } from './passwords';
import { Principal } from './principal';
import { Turns } from './turns';
import { UserEntity } from './user.entity';
import { UsersRepository } from './users.repository';

/** About three seconds of password checks. */
const MAX_WAITING = 50;

/** Holds a name and password against the accounts, and counts the failures. */
@Injectable()
export class CredentialsService {
  // One check at a time for an account at an address: a thousand guesses sent at once still count one by one.
  private readonly turns = new Turns(MAX_WAITING);

  constructor(
    private readonly users: UsersRepository,
    private readonly attempts: LoginAttemptsRepository,
    private readonly passwords: Passwords,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /**
   * The active account with this username or email and this password.
   * Throws  InvalidCredentials, the same for every reason; TooManyAttempts; PasswordChecksBusy.
   */
  async check(identifier: string, password: string, address: string): Promise<UserEntity> {
    const account = accountHash(identifier);
    const bucket = addressBucket(address);
    const user = await this.turns.inTurn(`${account.toString('base64')} ${bucket}`, async () => {
      const blockedSeconds = await this.attempts.findBlock(account, bucket);
      if (blockedSeconds !== null) throw new TooManyAttempts(blockedSeconds);
      const found = await this.users.findByIdentifier(identifier);
      const matches = await this.passwords.matches(password, found?.passwordHash ?? null);
      if (found === null || !matches || !found.isActive) return this.refuse(account, bucket, found);
      await this.attempts.countSuccess(account, bucket);
      return found;
    });
    if (user === null) throw new TooManyAttempts(1);
    return user;
  }

  /** Asks a signed-in user for their password once more. Throws  PersonRequired, WrongCurrentPassword, TooManyAttempts. */
  async confirm({ actor, userId }: Principal, password: string, address: string): Promise<void> {
    if (actor.kind !== 'user') throw new PersonRequired();
    const user = await this.users.find(userId);
    if (user === null) throw new UserNotFound();
    try {
      await this.check(user.username, password, address);
    } catch (error) {
      throw error instanceof InvalidCredentials ? new WrongCurrentPassword() : error;
    }
  }

  private async refuse(account: Buffer, bucket: string, user: UserEntity | null): Promise<never> {
    await this.database.run(async () => {
      const blocked = await this.attempts.countFailure(account, bucket);
      // Never the name as typed: people type passwords there.
      await this.audit.record({
        action: 'user.login_failed',
        subjectType: 'user',
        subjectId: user?.id,
        after: { blocked },
      });
    });
    throw new InvalidCredentials();
  }
}
