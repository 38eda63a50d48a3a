import { Injectable } from '@nestjs/common';

import { TelemetryService } from '../../telemetry/telemetry.service';
import { MaintenanceWindowService } from './maintenance-window.service';
import type { ActiveSuppressor } from './suppression';

/** What keeps anomalies quiet at present: silences and maintenance windows alike. */
@Injectable()
export class Suppressors {
  constructor(
    private readonly telemetry: TelemetryService,
    private readonly windows: MaintenanceWindowService,
  ) {}

  /** Those in force now, by the database's clock. */
  async listActive(): Promise<ActiveSuppressor[]> {
    const windows = (await this.windows.listActive()).map(({ id, name, accepts }) => ({
      suppressor: { kind: 'maintenance_window' as const, id, name },
      accepts,
    }));
    const silences = (await this.telemetry.listActiveSilences()).map(({ id, comment, accepts }) => ({
      suppressor: { kind: 'silence' as const, id, name: comment },
      accepts,
    }));
    return [...windows, ...silences];
  }
}
