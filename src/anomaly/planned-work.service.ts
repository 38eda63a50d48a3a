import { Injectable } from '@nestjs/common';

import { MaintenanceWindowService } from './suppression/maintenance-window.service';
import { WindowUsers } from './suppression/window-users.service';
import type { WindowUsersPort } from './window-users.port';

/** A maintenance window that is in force. */
export interface WindowInForce {
  readonly id: number;
  readonly name: string;
  readonly until: Date;
}

/** What later stages ask of maintenance windows: the calendar of planned work and of freezes. */
@Injectable()
export class PlannedWork {
  constructor(
    private readonly windows: MaintenanceWindowService,
    private readonly users: WindowUsers,
  ) {}

  /** Asks from now on before a window is deleted. */
  serve(users: WindowUsersPort): void {
    this.users.register(users);
  }

  /** The first of these windows that is in force by the clock of the database, or null. */
  async findInForce(ids: readonly number[]): Promise<WindowInForce | null> {
    if (ids.length === 0) return null;
    return (await this.windows.listActive()).find(({ id }) => ids.includes(id)) ?? null;
  }

  /** Which of these windows is in force at any instant, as they now are. Throws MaintenanceWindowNotFound where one does not exist. */
  planner(ids: readonly number[]): Promise<(at: Date) => WindowInForce[]> {
    return this.windows.planner(ids);
  }

  /** Keeps these from being deleted until the open transaction ends. Throws MaintenanceWindowNotFound where one does not exist. */
  async hold(ids: readonly number[]): Promise<void> {
    for (const id of ids.toSorted((a, b) => a - b)) await this.windows.hold(id);
  }
}
