import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { DomainError } from '../common/errors/domain-error';
import { Database } from '../database/database';
import { currentActor } from '../observability/request-context';
import { EgressRuleEntity } from './egress-rule.entity';
import { EgressRuleRepository } from './egress-rule.repository';
import { parseEgressUrl } from './egress-url';

/** Which places the product may call: nothing until an admin says so. */
@Injectable()
export class EgressRuleService {
  constructor(
    private readonly rules: EgressRuleRepository,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  list(): Promise<EgressRuleEntity[]> {
    return this.rules.list();
  }

  /** Allows exactly the scheme, host and port of a URL. Throws InvalidEgressUrl, and a conflict where it is allowed already. */
  allow(url: string, allowPrivate: boolean, note: string | null): Promise<EgressRuleEntity> {
    const { scheme, host, port } = parseEgressUrl(url);
    return this.database.run(async () => {
      const rule = await this.rules.insert({
        scheme,
        host,
        port,
        allowPrivate,
        note,
        createdBy: currentActor().name,
      });
      if (rule === null)
        throw new DomainError(
          'conflict',
          'egress/already-allowed',
          `${scheme}://${host}:${port} is on the allow-list already`,
        );
      await this.audit.record({
        action: 'egress.allowed',
        subjectType: 'egress_rule',
        subjectId: rule.id,
        after: { scheme, host, port, allow_private: allowPrivate },
      });
      return rule;
    });
  }

  /** Takes a place off the list, from the next call on. Throws a not-found error. */
  forbid(id: number): Promise<void> {
    return this.database.run(async () => {
      const rule = await this.rules.findById(id);
      if (rule === null)
        throw new DomainError('not_found', 'egress/rule-not-found', `Egress rule with ID ${id} not found`);
      await this.rules.delete(id);
      const { scheme, host, port } = rule;
      await this.audit.record({
        action: 'egress.forbidden',
        subjectType: 'egress_rule',
        subjectId: id,
        before: { scheme, host, port },
      });
    });
  }
}
