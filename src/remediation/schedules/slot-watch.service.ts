import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { forEachAlone, RegularLook } from '../../common/time/regular-look';
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
  private readonly watch = new RegularLook(
    () => this.startDue(),
    (error) => this.warn(error),
  );

  constructor(
    private readonly actions: ActionRepository,
    private readonly execution: ExecutionService,
    private readonly schedules: ScheduleRepository,
    private readonly firing: SlotFiring,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role !== 'api') this.watch.begin(POLL_MS);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.watch.end();
  }

  private async startDue(): Promise<void> {
    const warn = (error: Error): void => this.warn(error);
    await forEachAlone(await this.schedules.listDue(), (id) => this.firing.fire(id), warn);
    await forEachAlone(await this.actions.listDue(), (id) => this.execution.executeScheduled(id), warn);
  }

  private warn({ message }: Error): void {
    this.log.warn({ reason: message }, 'what is scheduled could not be begun');
  }
}
