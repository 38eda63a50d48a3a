import { Injectable, OnModuleInit } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { AgedRows } from '../../database/aged-rows';
import { Database } from '../../database/database';
import { batchOf, PurgedBatch, RetentionClasses } from '../../database/retention-classes';
import { DigestRepository } from '../digests/digest.repository';

const NAME = 'notification-deliveries';

/** How long the log of deliveries is kept. */
@Injectable()
export class DeliveryRetention implements OnModuleInit {
  private readonly rows: AgedRows;

  constructor(
    private readonly classes: RetentionClasses,
    private readonly config: RetentionConfig,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly digests: DigestRepository,
  ) {
    this.rows = new AgedRows(database, {
      table: 'notification_deliveries',
      since: 'ended_at',
      condition: 'ended_at IS NOT NULL',
    });
  }

  onModuleInit(): void {
    this.classes.register({
      name: NAME,
      holds:
        'Deliveries of notifications with their attempts; those that have ended for so long go, never waiting ones',
      tables: ['notification_deliveries', 'notification_attempts', 'notification_groups'],
      keep: { ...RETENTION.events, days: this.config.eventDays },
      oldest: () => this.rows.oldest(),
      purge: (limit) => this.purge(limit),
    });
  }

  private purge(limit: number): Promise<PurgedBatch> {
    const days = this.config.eventDays;
    return this.database.run(async () => {
      await this.digests.purge(limit);
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
