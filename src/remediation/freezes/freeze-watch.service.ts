import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Log } from '../../observability/log';
import { FreezeCalendarService } from './freeze-calendar.service';

const POLL_MS = 60_000;

/** Keeps the periods of freeze calendars worked out ahead, in every process that works: whoever claims also sees to it that it may. */
@Injectable()
export class FreezeWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly calendars: FreezeCalendarService,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role === 'api') return;
    this.look();
    this.timer = setInterval(() => this.look(), POLL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    this.timer = null;
    await this.looking;
  }

  private look(): void {
    this.looking ??= this.extendAll()
      .catch((error: unknown) => this.warn(error))
      .finally(() => {
        this.looking = null;
      });
  }

  /** One that cannot be worked out keeps no other from it; what it holds is held longer, not shorter. */
  private async extendAll(): Promise<void> {
    for (const id of await this.calendars.listEnding())
      await this.calendars.extend(id).catch((error: unknown) => this.warn(error));
  }

  private warn(error: unknown): void {
    this.log.warn({ reason: (error as Error).message }, 'a freeze calendar could not be worked out');
  }
}
