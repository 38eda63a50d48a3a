import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Log } from '../../observability/log';
import { ActionRepository } from '../actions/action.repository';
import { ExecutionService } from '../execution/execution.service';
import { ScheduleRepository } from './schedule.repository';
import { SlotFiring } from './slot-firing.service';

const POLL_MS = 1_000;

/**
 * Looks every second for what is due, in every process that works. The clock of the database says what that is, and a lock on its row
 * who does it, so that it is done once whoever else looks.
 */
@Injectable()
export class SlotWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly actions: ActionRepository,
    private readonly execution: ExecutionService,
    private readonly schedules: ScheduleRepository,
    private readonly firing: SlotFiring,
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
    this.looking ??= this.startDue()
      .catch((error: unknown) => this.warn(error))
      .finally(() => {
        this.looking = null;
      });
  }

  /** One that cannot be begun keeps no other from it. */
  private async startDue(): Promise<void> {
    for (const id of await this.schedules.listDue())
      await this.firing.fire(id).catch((error: unknown) => this.warn(error));
    for (const id of await this.actions.listDue())
      await this.execution.executeScheduled(id).catch((error: unknown) => this.warn(error));
  }

  private warn(error: unknown): void {
    this.log.warn({ reason: (error as Error).message }, 'what is scheduled could not be begun');
  }
}
