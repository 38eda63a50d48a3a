import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Leadership } from '../../database/leadership';
import { Log } from '../../observability/log';
import { HeartbeatService } from './heartbeat.service';

const TICK_MS = 1_000;
const OFFICE = 'heartbeat-watch';

/** Looks once a second whether a heartbeat is overdue. One process does it; who has missed what stands in the database. */
@Injectable()
export class HeartbeatWatch implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | null = null;
  private judging: Promise<void> | null = null;

  constructor(
    private readonly heartbeats: HeartbeatService,
    private readonly leadership: Leadership,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role === 'api') return;
    this.leadership.campaign(OFFICE, {
      elected: async () => {
        this.timer = setInterval(() => this.tick(), TICK_MS);
      },
      deposed: async () => {
        clearInterval(this.timer ?? undefined);
        this.timer = null;
        await this.judging;
      },
    });
  }

  private tick(): void {
    this.judging ??= this.heartbeats
      .judge()
      .then(() => undefined)
      .catch((error: Error) => this.log.warn({ reason: error.message }, 'heartbeats could not be judged'))
      .finally(() => {
        this.judging = null;
      });
  }
}
