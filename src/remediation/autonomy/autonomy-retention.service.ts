import { Injectable, OnModuleInit } from '@nestjs/common';

import { RecordedPurges } from '../../audit/recorded-purges.service';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { AgedRows } from '../../database/aged-rows';
import { Database } from '../../database/database';
import { batchOf, RetentionClasses } from '../../database/retention-classes';

const NAME = 'autonomy';

/** How long it is kept what autonomy decided, and which levels cells came to; for as long as the actions. */
@Injectable()
export class AutonomyRetention implements OnModuleInit {
  private readonly decisions: AgedRows;
  private readonly changes: AgedRows;

  constructor(
    private readonly classes: RetentionClasses,
    private readonly config: RetentionConfig,
    private readonly purges: RecordedPurges,
    database: Database,
  ) {
    this.decisions = new AgedRows(database, { table: 'autonomy_decisions', since: 'at' });
    this.changes = new AgedRows(database, { table: 'autonomy_changes', since: 'at' });
  }

  onModuleInit(): void {
    const days = this.config.remediationDays;
    this.classes.register({
      name: NAME,
      holds:
        'What the product let begin by itself or left to people, and why; which levels cells came to; what is older goes',
      tables: ['autonomy_decisions', 'autonomy_changes'],
      keep: { ...RETENTION.remediation, days },
      oldest: () => this.decisions.oldest(),
      purge: (limit) =>
        this.purges.run(NAME, days, async () => batchOf(await this.deleteAged(days, limit), limit)),
    });
  }

  private async deleteAged(days: number, limit: number): Promise<number> {
    const decisions = await this.decisions.purge(days, limit);
    return decisions + (decisions < limit ? await this.changes.purge(days, limit - decisions) : 0);
  }
}
