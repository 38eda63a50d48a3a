import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { LedgerRepository } from '../execution/ledger.repository';
import { RemediationLimits } from './limits.entity';
import { LimitsRepository } from './limits.repository';

/** What may be set; the freeze has verbs of its own. */
export type LimitsEdit = Partial<
  Omit<RemediationLimits, 'id' | 'frozenAt' | 'frozenBy' | 'frozenReason' | 'version' | 'updatedAt'>
>;

export class LimitsVersionConflict extends DomainError {
  constructor(given: number, current: number) {
    super(
      'conflict',
      'remediation/limits-version-conflict',
      `The limits were changed meanwhile: you have version ${given}, they are at ${current}`,
    );
  }
}

/** The limits of remediation, and the switch that stops all of it. */
@Injectable()
export class LimitsService {
  constructor(
    private readonly limits: LimitsRepository,
    private readonly ledger: LedgerRepository,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  get(): Promise<RemediationLimits> {
    return this.limits.read();
  }

  /** Throws  LimitsVersionConflict. */
  update(edit: LimitsEdit, version?: number): Promise<RemediationLimits> {
    return this.database.run(async () => {
      const before = await this.limits.lock();
      if (version !== undefined && version !== before.version)
        throw new LimitsVersionConflict(version, before.version);
      const changed = Object.entries(edit).filter(
        ([name, value]) => value !== undefined && value !== before[name as keyof LimitsEdit],
      );
      if (changed.length === 0) return before;
      await this.record('limits_changed', {
        before: Object.fromEntries(changed.map(([name]) => [name, before[name as keyof LimitsEdit]])),
        after: Object.fromEntries(changed),
      });
      return this.limits.save(Object.fromEntries(changed));
    });
  }

  /** Stops everything: once this has answered, no step is claimed in any process. What was sent before goes on. */
  freeze(reason: string | null): Promise<RemediationLimits> {
    return this.database.run(async () => {
      await this.ledger.lockRails();
      const before = await this.limits.lock();
      if (before.frozenAt !== null) return before;
      const { name } = currentActor();
      await this.record('frozen', { after: { reason } });
      return this.limits.freeze(name, reason);
    });
  }

  /** Lets remediation go on. */
  unfreeze(): Promise<RemediationLimits> {
    return this.database.run(async () => {
      const before = await this.limits.lock();
      if (before.frozenAt === null) return before;
      await this.record('unfrozen', { before: { by: before.frozenBy, reason: before.frozenReason } });
      return this.limits.save({ frozenAt: null, frozenBy: null, frozenReason: null });
    });
  }

  private record(verb: string, change: { before?: object; after?: object }): Promise<void> {
    return this.audit.record({
      action: `remediation.${verb}`,
      subjectType: 'remediation_limits',
      subjectId: null,
      ...change,
    });
  }
}
