import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { forEachAlone, RegularLook } from '../../common/time/regular-look';
import { ServerConfig } from '../../config/sections';
import { Log } from '../../observability/log';
import { DigestTelling } from '../digests/digest-telling.service';
import { RepeatTelling } from '../repeats/repeat-telling.service';

const POLL_MS = 1_000;

/** Looks, in every process that works, for what is to be told by the clock. Which of them tells it, its row decides. */
@Injectable()
export class DueNotices implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly watch = new RegularLook(
    () => this.tellDue(),
    (error) => this.warn(error),
  );

  constructor(
    private readonly digests: DigestTelling,
    private readonly repeats: RepeatTelling,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role !== 'api') this.watch.begin(POLL_MS);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.watch.end();
  }

  private tellDue(): Promise<void> {
    return forEachAlone(
      [this.repeats, this.digests],
      (telling) => telling.tellDue(),
      (error) => this.warn(error),
    );
  }

  private warn({ message }: Error): void {
    this.log.warn({ reason: message }, 'digests and repeated notifications wait for the database');
  }
}
