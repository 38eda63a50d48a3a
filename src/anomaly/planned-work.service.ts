import { Injectable } from '@nestjs/common';

import { MaintenanceWindowService } from './suppression/maintenance-window.service';

/** A maintenance window that is in force. */
export interface WindowInForce {
  readonly id: number;
  readonly name: string;
  readonly until: Date;
}

/** What later stages ask of maintenance windows: the calendar of planned work and of freezes. */
@Injectable()
export class PlannedWork {
  constructor(private readonly windows: MaintenanceWindowService) {}

  /** The first of these windows that is in force by the clock of the database, or null. One that was deleted never is. */
  async findInForce(ids: readonly number[]): Promise<WindowInForce | null> {
    if (ids.length === 0) return null;
    return (await this.windows.listActive()).find(({ id }) => ids.includes(id)) ?? null;
  }

  /** Throws MaintenanceWindowNotFound where one of these does not exist. */
  async expectAll(ids: readonly number[]): Promise<void> {
    for (const id of ids) await this.windows.get(id);
  }
}
