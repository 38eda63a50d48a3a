import { Injectable, OnModuleInit } from '@nestjs/common';

import { RecordedPurges } from '../../audit/recorded-purges.service';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { AgedRows } from '../../database/aged-rows';
import { Database } from '../../database/database';
import { batchOf, RetentionClasses } from '../../database/retention-classes';

const NAME = 'remediation-firings';

/** How long it is kept what became of the slots of standing schedules: as long as the actions that came of them. */
@Injectable()
export class FiringRetention implements OnModuleInit {
  private readonly rows: AgedRows;

  constructor(
    private readonly classes: RetentionClasses,
    private readonly config: RetentionConfig,
    private readonly purges: RecordedPurges,
    database: Database,
  ) {
    this.rows = new AgedRows(database, { table: 'remediation_schedule_firings', since: 'at' });
  }

  onModuleInit(): void {
    const days = this.config.remediationDays;
    this.classes.register({
      name: NAME,
      holds: 'What became of the slots of standing schedules; those that were dealt with so long ago go',
      tables: ['remediation_schedule_firings'],
      keep: { ...RETENTION.remediation, days },
      oldest: () => this.rows.oldest(),
      purge: (limit) =>
        this.purges.run(NAME, days, async () => batchOf(await this.rows.purge(days, limit), limit)),
    });
  }
}
