import { Injectable } from '@nestjs/common';

import { ChangeConfig } from '../../config/sections';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { MaintenanceWindowService } from './maintenance-window.service';
import type { ActiveSuppressor, Holders } from './suppression';

/** What keeps anomalies quiet at present: silences and maintenance windows alike, and for detection the changes that settle. */
@Injectable()
export class Suppressors {
  constructor(
    private readonly telemetry: TelemetryService,
    private readonly windows: MaintenanceWindowService,
    private readonly changes: ChangeConfig,
  ) {}

  /** Those in force now, by the database's clock. */
  async listActive(): Promise<ActiveSuppressor[]> {
    const windows = (await this.windows.listActive()).map(({ id, name, until, accepts }) => ({
      suppressor: { kind: 'maintenance_window' as const, id, name },
      until,
      accepts,
    }));
    const silences = (await this.telemetry.listActiveSilences()).map(({ id, comment, endsAt, accepts }) => ({
      suppressor: { kind: 'silence' as const, id, name: comment },
      until: endsAt,
      accepts,
    }));
    return [...windows, ...silences];
  }

  /**
   * The same with the changes that settle. They hold what detection finds and no alert: detection learns what is usual, which a change
   * changes; the threshold of an alert is the word of whoever wrote its rule, and no pipeline's to raise.
   */
  async listHolders(): Promise<Holders> {
    return {
      suppressors: await this.listActive(),
      changes: await this.telemetry.listSettlingChanges(this.changes),
      longestSeconds: this.changes.longestSeconds,
      now: await this.windows.now(),
    };
  }
}
