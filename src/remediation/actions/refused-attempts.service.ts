import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import type { RemediationAction } from './action.entity';
import type { ActionVerb } from './action-lifecycle';

/** Attempts on an effect that are refused: each leaves its audit row, although nothing else was changed. */
@Injectable()
export class RefusedAttempts {
  constructor(
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /**
   * Runs work in a transaction. A refusal that it returns is recorded and committed with what the work wrote, and then thrown; one that it
   * throws rolls back as anywhere.
   */
  async run(
    verb: ActionVerb,
    id: number,
    work: () => Promise<RemediationAction | DomainError>,
  ): Promise<RemediationAction> {
    const result = await this.database.run(async () => {
      const done = await work();
      if (done instanceof DomainError)
        await this.audit.record({
          action: `remediation.${verb}_refused`,
          subjectType: 'remediation_action',
          subjectId: id,
          after: { code: done.code, reason: done.message },
        });
      return done;
    });
    if (result instanceof DomainError) throw result;
    return result;
  }
}
