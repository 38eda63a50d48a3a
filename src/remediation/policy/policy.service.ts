import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError, InvalidInput } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { TargetService } from '../targets/target.service';
import { RemediationPolicy } from './policy.entity';
import { NewPolicy, PolicyRepository } from './policy.repository';

export class PolicyNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'remediation/policy-not-found', `Remediation policy with ID ${id} not found`);
  }
}

/** There is one policy about the same type, target and group; two would contradict each other. */
export class PolicyExists extends DomainError {
  constructor(id: number) {
    super('conflict', 'remediation/policy-exists', `Policy ${id} is about exactly the same; change that one`);
  }
}

export type PolicyOrder = Omit<NewPolicy, 'createdBy'>;
export type PolicyEdit = Partial<Pick<NewPolicy, 'verdict' | 'approvals' | 'reason'>>;

/** What may run without approval, what needs how many, what may not run at all. */
@Injectable()
export class PolicyService {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly targets: TargetService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  list(): Promise<RemediationPolicy[]> {
    return this.policies.list();
  }

  /** Throws  InvalidInput, PolicyExists. */
  add(order: PolicyOrder): Promise<RemediationPolicy> {
    return this.database.run(async () => {
      check(order);
      if (order.targetId !== null && (await this.targets.find(order.targetId)) === null)
        throw new InvalidInput(`Remediation target with ID ${order.targetId} not found`);
      const twin = await this.policies.findTwin(order);
      if (twin !== null) throw new PolicyExists(twin.id);
      const policy = await this.policies.insert({ ...order, createdBy: currentActor().name });
      await this.record('created', policy.id, { after: described(policy) });
      return policy;
    });
  }

  /** Throws  PolicyNotFound, InvalidInput. */
  change(id: number, edit: PolicyEdit): Promise<RemediationPolicy> {
    return this.database.run(async () => {
      const before = await this.require(id);
      const verdict = edit.verdict ?? before.verdict;
      const approvals = verdict === 'ask' ? (edit.approvals ?? before.approvals) : (edit.approvals ?? null);
      check({ verdict, approvals });
      const after = await this.policies.update(id, { ...edit, approvals });
      await this.record('updated', id, { before: described(before), after: described(after) });
      return after;
    });
  }

  /** Throws  PolicyNotFound. */
  remove(id: number): Promise<void> {
    return this.database.run(async () => {
      const policy = await this.require(id);
      await this.policies.delete(id);
      await this.record('deleted', id, { before: described(policy) });
    });
  }

  private async require(id: number): Promise<RemediationPolicy> {
    const policy = await this.policies.find(id);
    if (policy === null) throw new PolicyNotFound(id);
    return policy;
  }

  private record(verb: string, id: number, change: { before?: object; after?: object }): Promise<void> {
    return this.audit.record({
      action: `remediation.policy_${verb}`,
      subjectType: 'remediation_policy',
      subjectId: id,
      ...change,
    });
  }
}

function check({ verdict, approvals }: Pick<PolicyOrder, 'verdict' | 'approvals'>): void {
  if (approvals !== null && verdict !== 'ask')
    throw new InvalidInput('approvals is only of a policy whose verdict is ask');
}

function described(policy: RemediationPolicy): object {
  return {
    verdict: policy.verdict,
    action_type: policy.actionType,
    target_id: policy.targetId,
    target_group: policy.targetGroup,
    approvals: policy.approvals,
    reason: policy.reason,
  };
}
