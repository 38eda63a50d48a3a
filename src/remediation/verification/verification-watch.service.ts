import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Log } from '../../observability/log';
import { VerificationService } from './verification.service';

const POLL_MS = 1_000;

/** Looks every second, in every process that works, for actions that are to be looked at; a lock on its row says who looks at one. */
@Injectable()
export class VerificationWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly verifications: VerificationService,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role === 'api') return;
    this.timer = setInterval(() => this.look(), POLL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    this.timer = null;
    await this.looking;
  }

  private look(): void {
    this.looking ??= this.lookAtDue()
      .catch((error: unknown) => this.warn(error))
      .finally(() => {
        this.looking = null;
      });
  }

  /** One that cannot be looked at keeps no other from it. */
  private async lookAtDue(): Promise<void> {
    for (const id of await this.verifications.listDue())
      await this.verifications.look(id).catch((error: unknown) => this.warn(error));
  }

  private warn(error: unknown): void {
    this.log.warn({ reason: (error as Error).message }, 'what was done could not be looked at');
  }
}
