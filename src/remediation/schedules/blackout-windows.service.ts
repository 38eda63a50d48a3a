import { Injectable, OnModuleInit } from '@nestjs/common';

import { PlannedWork } from '../../anomaly/planned-work.service';
import { WindowUsersPort } from '../../anomaly/window-users.port';
import { ScheduleRepository } from './schedule.repository';

/** Tells the calendar of planned work which of its windows standing schedules are silent in. */
@Injectable()
export class BlackoutWindows extends WindowUsersPort implements OnModuleInit {
  constructor(
    private readonly plannedWork: PlannedWork,
    private readonly schedules: ScheduleRepository,
  ) {
    super();
  }

  onModuleInit(): void {
    this.plannedWork.serve(this);
  }

  async usersOf(windowId: number): Promise<string[]> {
    const schedules = await this.schedules.listSilentIn(windowId);
    return schedules.map(({ name }) => `the standing schedule ${name}`);
  }
}
