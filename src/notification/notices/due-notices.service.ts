import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Log } from '../../observability/log';
import { DigestTelling } from '../digests/digest-telling.service';
import { RepeatTelling } from '../repeats/repeat-telling.service';

const POLL_MS = 1_000;

/** Looks, in every process that works, for what is to be told by the clock. Which of them tells it, its row decides. */
@Injectable()
export class DueNotices implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private look: Promise<void> | null = null;

  constructor(
    private readonly digests: DigestTelling,
    private readonly repeats: RepeatTelling,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role !== 'api') this.timer = setInterval(() => this.tick(), POLL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    this.timer = null;
    await this.look;
  }

  private tick(): void {
    this.look ??= this.tellDue()
      .catch((error: unknown) =>
        this.log.warn(
          { reason: (error as Error).message },
          'digests and repeated notifications wait for the database',
        ),
      )
      .finally(() => {
        this.look = null;
      });
  }

  private async tellDue(): Promise<void> {
    await this.repeats.tellDue();
    await this.digests.tellDue();
  }
}
