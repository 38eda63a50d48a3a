import { Injectable, OnModuleInit } from '@nestjs/common';

import { batchOf, RetentionClasses } from '../database/retention-classes';
import { FAMILIAR_DAYS } from './lockout';
import { LoginAttemptsRepository } from './login-attempts.repository';
import { RateUsageRepository } from './rate-usage.repository';
import { RefreshTokensRepository } from './refresh-tokens.repository';

/** What sign-in and limits forget: all of it remains that can no longer matter, so that no setting could be wrong. */
@Injectable()
export class AuthRetention implements OnModuleInit {
  constructor(
    private readonly classes: RetentionClasses,
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly attempts: LoginAttemptsRepository,
    private readonly usage: RateUsageRepository,
  ) {}

  onModuleInit(): void {
    this.classes.register({
      name: 'sessions',
      holds: 'Refresh tokens; they go when they have expired, after 7 days',
      tables: ['refresh_tokens'],
      keep: null,
      oldest: () => this.refreshTokens.oldest(),
      purge: async (limit) => batchOf(await this.refreshTokens.purge(limit), limit),
    });
    this.classes.register({
      name: 'login-attempts',
      holds: `Failed and last successful logins by account and address; they go after a day, or ${FAMILIAR_DAYS} days after a success`,
      tables: ['login_attempts'],
      keep: null,
      oldest: () => this.attempts.oldest(),
      purge: async (limit) => batchOf(await this.attempts.purge(limit), limit),
    });
    this.classes.register({
      name: 'request-counts',
      holds: 'Requests of each caller in the present minute; they go after five',
      tables: ['rate_usage'],
      keep: null,
      oldest: () => Promise.resolve(null),
      purge: async (limit) => batchOf(await this.usage.purge(limit), limit),
    });
  }
}
