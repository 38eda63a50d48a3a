import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { Anomaly } from './anomaly.entity';
import { AnomalyService } from './anomaly.service';
import type { NewAnomaly } from './anomaly.types';
import { IncidentGrouping } from './incidents/incident-grouping.service';
import { Inhibition } from './inhibition/inhibition.service';

/** How anomalies of alerts and detections begin: each with its incident, and with its cause where it is a symptom. */
@Injectable()
export class AnomalyOpening {
  constructor(
    private readonly service: AnomalyService,
    private readonly grouping: IncidentGrouping,
    private readonly inhibition: Inhibition,
    private readonly database: Database,
  ) {}

  /** Opens anomalies, all or none. Publishes what grouping and AnomalyService publish. */
  async open(anomalies: readonly NewAnomaly[]): Promise<Anomaly[]> {
    if (anomalies.length === 0) return [];
    return this.database.run(async () => {
      const opened = await this.service.createMany(await this.grouping.place(anomalies));
      await this.inhibition.judge(opened.map(({ id }) => id));
      return opened;
    });
  }
}
