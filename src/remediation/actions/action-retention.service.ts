import { Injectable, OnModuleInit } from '@nestjs/common';

import { RecordedPurges } from '../../audit/recorded-purges.service';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { RetentionClasses } from '../../database/retention-classes';
import { ActionRetentionRepository } from './action-retention.repository';

const NAME = 'remediation';

/** How long actions are kept, with their steps, approvals and log. */
@Injectable()
export class ActionRetention implements OnModuleInit {
  constructor(
    private readonly classes: RetentionClasses,
    private readonly rows: ActionRetentionRepository,
    private readonly config: RetentionConfig,
    private readonly purges: RecordedPurges,
  ) {}

  onModuleInit(): void {
    const days = this.config.remediationDays;
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
      keep: { ...RETENTION.remediation, days },
      oldest: () => this.rows.oldestOver(),
      purge: (limit, after) => this.purges.run(NAME, days, () => this.rows.purge(days, limit, after)),
    });
  }
}
