import { Injectable, OnModuleInit } from '@nestjs/common';

import { RecordedPurges } from '../../audit/recorded-purges.service';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { AgedRows } from '../../database/aged-rows';
import { Database } from '../../database/database';
import { batchOf, RetentionClasses } from '../../database/retention-classes';

const NAME = 'remediation-evidence';

/** How long what was learnt of remedies is kept. The oldest goes first, so that no failure goes before what it followed. */
@Injectable()
export class EvidenceRetention implements OnModuleInit {
  private readonly rows: AgedRows;

  constructor(
    private readonly classes: RetentionClasses,
    private readonly config: RetentionConfig,
    private readonly purges: RecordedPurges,
    database: Database,
  ) {
    this.rows = new AgedRows(database, { table: 'remediation_evidence', since: 'at' });
  }

  onModuleInit(): void {
    const days = this.config.evidenceDays;
    this.classes.register({
      name: NAME,
      holds: 'What was learnt of remedies: a row an action, whether it has helped; it outlives the action',
      tables: ['remediation_evidence'],
      keep: { ...RETENTION.evidence, days },
      oldest: () => this.rows.oldest(),
      purge: (limit) =>
        this.purges.run(NAME, days, async () => batchOf(await this.rows.purge(days, limit), limit)),
    });
  }
}
