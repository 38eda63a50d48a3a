import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import type { PurgedBatch } from '../database/retention-classes';
import { AuditService } from './audit.service';

/** What is deleted for its age leaves its audit row: how many rows of which class. */
@Injectable()
export class RecordedPurges {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Deletes a batch of a retention class that is kept for so many days, in one transaction with its audit row. */
  run(name: string, days: number, purge: () => Promise<PurgedBatch>): Promise<PurgedBatch> {
    return this.database.run(async () => {
      const batch = await purge();
      if (batch.deleted > 0)
        await this.audit.record({
          action: 'retention.deleted',
          subjectType: 'retention',
          subjectId: name,
          after: { rows: batch.deleted, older_than_days: days },
        });
      return batch;
    });
  }
}
