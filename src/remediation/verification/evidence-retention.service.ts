import { Injectable, OnModuleInit } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { AgedRows } from '../../database/aged-rows';
import { Database } from '../../database/database';
import { batchOf, PurgedBatch, RetentionClasses } from '../../database/retention-classes';

const NAME = 'remediation-evidence';

/** How long what was learnt of remedies is kept. The oldest goes first, so that no failure goes before what it followed. */
@Injectable()
export class EvidenceRetention implements OnModuleInit {
  private readonly rows: AgedRows;

  constructor(
    private readonly classes: RetentionClasses,
    private readonly config: RetentionConfig,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {
    this.rows = new AgedRows(database, { table: 'remediation_evidence', since: 'at' });
  }

  onModuleInit(): void {
    this.classes.register({
      name: NAME,
      holds: 'What was learnt of remedies: a row an action, whether it has helped; it outlives the action',
      tables: ['remediation_evidence'],
      keep: { ...RETENTION.evidence, days: this.config.evidenceDays },
      oldest: () => this.rows.oldest(),
      purge: (limit) => this.purge(limit),
    });
  }

  private purge(limit: number): Promise<PurgedBatch> {
    const days = this.config.evidenceDays;
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
