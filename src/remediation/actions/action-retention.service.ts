import { Injectable, OnModuleInit } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { PurgedBatch, RetentionClasses, WalkPosition } from '../../database/retention-classes';
import { ActionRetentionRepository } from './action-retention.repository';

const NAME = 'remediation';

/** How long actions are kept, with their steps, approvals and log. */
@Injectable()
export class ActionRetention implements OnModuleInit {
  constructor(
    private readonly classes: RetentionClasses,
    private readonly rows: ActionRetentionRepository,
    private readonly config: RetentionConfig,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.classes.register({
      name: NAME,
      holds:
        'Remediation actions with their steps, approvals, verification and log; those that are over or hidden go when nothing happened to them for so long; never one that may still begin, is under way, is referred to, or has a step whose end nobody knows',
      tables: [
        'remediation_actions',
        'remediation_steps',
        'remediation_approvals',
        'remediation_log',
        'remediation_verifications',
      ],
      keep: { ...RETENTION.remediation, days: this.config.remediationDays },
      oldest: () => this.rows.oldestOver(),
      purge: (limit, after) => this.purge(limit, after),
    });
  }

  private purge(limit: number, after: WalkPosition | null): Promise<PurgedBatch> {
    const { remediationDays } = this.config;
    return this.database.run(async () => {
      const batch = await this.rows.purge(remediationDays, limit, after);
      if (batch.deleted > 0)
        await this.audit.record({
          action: 'retention.deleted',
          subjectType: 'retention',
          subjectId: NAME,
          after: { rows: batch.deleted, older_than_days: remediationDays },
        });
      return batch;
    });
  }
}
