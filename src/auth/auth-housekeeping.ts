import { Injectable, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';

import { Log } from '../observability/log';
import { LoginAttemptsRepository } from './login-attempts.repository';
import { RefreshTokensRepository } from './refresh-tokens.repository';

const INTERVAL_MS = 3_600_000;

/** Forgets, once an hour, what can no longer matter. Any number of processes may do so at once. */
@Injectable()
export class AuthHousekeeping implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly attempts: LoginAttemptsRepository,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(
      () => void this.tidy().catch((error) => this.log.error(error, 'old sessions were not tidied away')),
      INTERVAL_MS,
    );
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async tidy(): Promise<void> {
    await this.refreshTokens.purge();
    await this.attempts.purge();
  }
}
