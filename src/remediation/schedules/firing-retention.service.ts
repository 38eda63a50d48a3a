import { Injectable, OnModuleInit } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { AgedRows } from '../../database/aged-rows';
import { Database } from '../../database/database';
import { batchOf, PurgedBatch, RetentionClasses } from '../../database/retention-classes';

const NAME = 'remediation-firings';

/** How long it is kept what became of the slots of standing schedules: as long as the actions that came of them. */
@Injectable()
export class FiringRetention implements OnModuleInit {
  private readonly rows: AgedRows;

  constructor(
    private readonly classes: RetentionClasses,
    private readonly config: RetentionConfig,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {
    this.rows = new AgedRows(database, { table: 'remediation_schedule_firings', since: 'at' });
  }

  onModuleInit(): void {
    this.classes.register({
      name: NAME,
      holds: 'What became of the slots of standing schedules; those that were dealt with so long ago go',
      tables: ['remediation_schedule_firings'],
      keep: { ...RETENTION.remediation, days: this.config.remediationDays },
      oldest: () => this.rows.oldest(),
      purge: (limit) => this.purge(limit),
    });
  }

  private purge(limit: number): Promise<PurgedBatch> {
    const { remediationDays: days } = this.config;
    return this.database.run(async () => {
      const deleted = await this.rows.purge(days, limit);
      if (deleted > 0)
        await this.audit.record({
          action: 'retention.deleted',
          subjectType: 'retention',
          subjectId: NAME,
          after: { rows: deleted, older_than_days: days },
        });
      return batchOf(deleted, limit);
    });
  }
}
