import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { forEachAlone, RegularLook } from '../../common/time/regular-look';
import { ServerConfig } from '../../config/sections';
import { Log } from '../../observability/log';
import { FreezeCalendarService } from './freeze-calendar.service';

const POLL_MS = 60_000;

/** Keeps the periods of freeze calendars worked out ahead, in every process that works: whoever claims also sees to it that it may. */
@Injectable()
export class FreezeWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly watch = new RegularLook(
    () => this.extendAll(),
    (error) => this.warn(error),
  );

  constructor(
    private readonly calendars: FreezeCalendarService,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role === 'api') return;
    this.watch.lookNow();
    this.watch.begin(POLL_MS);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.watch.end();
  }

  /** What one that cannot be worked out holds is held longer, not shorter. */
  private async extendAll(): Promise<void> {
    await forEachAlone(
      await this.calendars.listEnding(),
      (id) => this.calendars.extend(id),
      (error) => this.warn(error),
    );
  }

  private warn({ message }: Error): void {
    this.log.warn({ reason: message }, 'a freeze calendar could not be worked out');
  }
}
