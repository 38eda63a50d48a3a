import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { InvalidInput } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { AutonomyPolicyNameTaken, AutonomyPolicyNotFound, AutonomyVersionConflict } from './autonomy.errors';
import { AutonomyPolicy } from './autonomy-policy.entity';
import { AutonomyPolicyRepository, type PolicyTerms } from './autonomy-policy.repository';

const MAX_POLICIES = 100;

/** When the product may do how much by itself, as people state it. */
@Injectable()
export class AutonomyPolicyService {
  constructor(
    private readonly policies: AutonomyPolicyRepository,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /** In the order in which they are looked at. */
  list(): Promise<AutonomyPolicy[]> {
    return this.policies.list();
  }

  /** Throws  AutonomyPolicyNotFound. */
  async get(id: number): Promise<AutonomyPolicy> {
    const policy = await this.policies.find(id);
    if (policy === null) throw new AutonomyPolicyNotFound(id);
    return policy;
  }

  /** Throws  AutonomyPolicyNameTaken, InvalidInput. */
  create(terms: PolicyTerms): Promise<AutonomyPolicy> {
    return this.database.run(async () => {
      await this.policies.lockAll();
      await this.requireFreeName(terms.name, null);
      if ((await this.policies.list()).length >= MAX_POLICIES)
        throw new InvalidInput(`There are ${MAX_POLICIES} autonomy policies; delete some first`);
      const id = await this.policies.insert(terms, currentActor().name);
      await this.record('created', id, { after: terms });
      return this.get(id);
    });
  }

  /** Replaces what a policy says. Throws  AutonomyPolicyNotFound, AutonomyVersionConflict, AutonomyPolicyNameTaken. */
  change(id: number, terms: PolicyTerms, expected?: number): Promise<AutonomyPolicy> {
    return this.database.run(async () => {
      await this.policies.lockAll();
      const before = await this.expect(id, expected);
      await this.requireFreeName(terms.name, id);
      await this.policies.update(id, terms, before.version + 1);
      await this.record('updated', id, { before: termsIn(before), after: terms });
      return this.get(id);
    });
  }

  /** What it decided stays recorded. Throws  AutonomyPolicyNotFound, AutonomyVersionConflict. */
  remove(id: number, expected?: number): Promise<void> {
    return this.database.run(async () => {
      await this.policies.lockAll();
      const before = await this.expect(id, expected);
      await this.policies.delete(id);
      await this.record('deleted', id, { before: termsIn(before) });
    });
  }

  private async requireFreeName(name: string, exceptId: number | null): Promise<void> {
    if (await this.policies.isNameTaken(name, exceptId)) throw new AutonomyPolicyNameTaken(name);
  }

  /** For a change, under the lock of all policies. */
  private async expect(id: number, expected?: number): Promise<AutonomyPolicy> {
    const policy = await this.get(id);
    if (expected !== undefined && expected !== policy.version)
      throw new AutonomyVersionConflict(`Autonomy policy ${id} was`, expected, policy.version);
    return policy;
  }

  private record(verb: string, id: number, change: { before?: object; after?: object }): Promise<void> {
    return this.audit.record({
      action: `remediation.autonomy_policy_${verb}`,
      subjectType: 'autonomy_policy',
      subjectId: id,
      ...change,
    });
  }
}

/** What people state of a policy, as the audit trail keeps it. */
function termsIn(policy: AutonomyPolicy): Partial<PolicyTerms> {
  const serverOwned = ['id', 'version', 'createdBy', 'createdAt', 'updatedAt'];
  return Object.fromEntries(Object.entries(policy).filter(([name]) => !serverOwned.includes(name)));
}
