import { Injectable, OnModuleInit } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { AgedRows } from '../../database/aged-rows';
import { Database } from '../../database/database';
import { batchOf, PurgedBatch, RetentionClasses } from '../../database/retention-classes';

const NAME = 'autonomy';

/** How long it is kept what autonomy decided, and which levels cells came to; for as long as the actions. */
@Injectable()
export class AutonomyRetention implements OnModuleInit {
  private readonly decisions: AgedRows;
  private readonly changes: AgedRows;

  constructor(
    private readonly classes: RetentionClasses,
    private readonly config: RetentionConfig,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {
    this.decisions = new AgedRows(database, { table: 'autonomy_decisions', since: 'at' });
    this.changes = new AgedRows(database, { table: 'autonomy_changes', since: 'at' });
  }

  onModuleInit(): void {
    this.classes.register({
      name: NAME,
      holds:
        'What the product let begin by itself or left to people, and why; which levels cells came to; what is older goes',
      tables: ['autonomy_decisions', 'autonomy_changes'],
      keep: { ...RETENTION.remediation, days: this.config.remediationDays },
      oldest: () => this.decisions.oldest(),
      purge: (limit) => this.purge(limit),
    });
  }

  private purge(limit: number): Promise<PurgedBatch> {
    const days = this.config.remediationDays;
    return this.database.run(async () => {
      const decisions = await this.decisions.purge(days, limit);
      const deleted = decisions + (decisions < limit ? await this.changes.purge(days, limit - decisions) : 0);
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
