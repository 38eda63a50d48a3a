import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { forEachAlone, RegularLook } from '../../common/time/regular-look';
import { ServerConfig } from '../../config/sections';
import { Log } from '../../observability/log';
import { VerificationService } from './verification.service';

const POLL_MS = 1_000;

/** Looks every second, in every process that works, for actions that are to be looked at; a lock on its row says who looks at one. */
@Injectable()
export class VerificationWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly watch = new RegularLook(
    () => this.lookAtDue(),
    (error) => this.warn(error),
  );

  constructor(
    private readonly verifications: VerificationService,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role !== 'api') this.watch.begin(POLL_MS);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.watch.end();
  }

  private async lookAtDue(): Promise<void> {
    await forEachAlone(
      await this.verifications.listDue(),
      (id) => this.verifications.look(id),
      (error) => this.warn(error),
    );
  }

  private warn({ message }: Error): void {
    this.log.warn({ reason: message }, 'what was done could not be looked at');
  }
}
