import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { EventsService } from '../events/events.service';
import { AnomalyMarkRepository, MarkedAnomaly, MarkKind } from './anomaly-mark.repository';

const ANOMALIES_A_TRANSACTION = 500;

/** What keeps active anomalies quiet, as they show it. */
@Injectable()
export class AnomalyMarks {
  constructor(
    private readonly anomalies: AnomalyMarkRepository,
    private readonly events: EventsService,
    private readonly database: Database,
  ) {}

  /** Active anomalies with labels; all, or those that are inhibited. */
  listActive({ isInhibitedOnly = false } = {}): Promise<MarkedAnomaly[]> {
    return this.anomalies.listActive(isInhibitedOnly);
  }

  /** Sets or takes away a mark. Publishes anomaly.released for each that nothing keeps quiet any more. */
  async set(
    mark: MarkKind,
    anomalies: readonly { readonly id: number; readonly by: object | null }[],
  ): Promise<void> {
    for (let start = 0; start < anomalies.length; start += ANOMALIES_A_TRANSACTION) {
      const part = anomalies.slice(start, start + ANOMALIES_A_TRANSACTION);
      await this.database.run(async () => {
        for (const anomalyId of await this.anomalies.set(mark, part))
          await this.events.publish('anomaly.released', { anomalyId });
      });
    }
  }
}
