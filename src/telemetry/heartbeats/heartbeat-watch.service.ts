import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { RegularLook } from '../../common/time/regular-look';
import { ServerConfig } from '../../config/sections';
import { Leadership } from '../../database/leadership';
import { Log } from '../../observability/log';
import { HeartbeatService } from './heartbeat.service';

const TICK_MS = 1_000;
const OFFICE = 'heartbeat-watch';

/** Looks once a second whether a heartbeat is overdue. One process does it; who has missed what stands in the database. */
@Injectable()
export class HeartbeatWatch implements OnApplicationBootstrap {
  private readonly watch = new RegularLook(
    async () => {
      await this.heartbeats.judge();
    },
    ({ message }) => this.log.warn({ reason: message }, 'heartbeats could not be judged'),
  );

  constructor(
    private readonly heartbeats: HeartbeatService,
    private readonly leadership: Leadership,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role === 'api') return;
    this.leadership.campaign(OFFICE, {
      elected: () => Promise.resolve(this.watch.begin(TICK_MS)),
      deposed: () => this.watch.end(),
    });
  }
}
