import { Injectable, OnModuleInit } from '@nestjs/common';

import { RecordedPurges } from '../../audit/recorded-purges.service';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { AgedRows } from '../../database/aged-rows';
import { Database } from '../../database/database';
import { batchOf, RetentionClasses } from '../../database/retention-classes';
import { DigestRepository } from '../digests/digest.repository';

const NAME = 'notification-deliveries';

/** How long the log of deliveries is kept. */
@Injectable()
export class DeliveryRetention implements OnModuleInit {
  private readonly rows: AgedRows;

  constructor(
    private readonly classes: RetentionClasses,
    private readonly config: RetentionConfig,
    private readonly purges: RecordedPurges,
    database: Database,
    private readonly digests: DigestRepository,
  ) {
    this.rows = new AgedRows(database, {
      table: 'notification_deliveries',
      since: 'ended_at',
      condition: 'ended_at IS NOT NULL',
    });
  }

  onModuleInit(): void {
    const days = this.config.eventDays;
    this.classes.register({
      name: NAME,
      holds:
        'Deliveries of notifications with their attempts; those that have ended for so long go, never waiting ones',
      tables: ['notification_deliveries', 'notification_attempts', 'notification_groups'],
      keep: { ...RETENTION.events, days },
      oldest: () => this.rows.oldest(),
      purge: (limit) =>
        this.purges.run(NAME, days, async () => {
          await this.digests.purge(limit);
          return batchOf(await this.rows.purge(days, limit), limit);
        }),
    });
  }
}
