import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';

import { Database } from '../../database/database';
import { RemediationPolicy } from './policy.entity';

export type NewPolicy = Pick<
  RemediationPolicy,
  'verdict' | 'actionType' | 'targetId' | 'targetGroup' | 'approvals' | 'reason' | 'createdBy'
>;

/** The SQL of policies. */
@Injectable()
export class PolicyRepository {
  constructor(
    @InjectRepository(RemediationPolicy) private readonly policies: Repository<RemediationPolicy>,
    private readonly database: Database,
  ) {}

  list(): Promise<RemediationPolicy[]> {
    return this.rows.find({ order: { id: 'ASC' } });
  }

  find(id: number): Promise<RemediationPolicy | null> {
    return this.rows.findOneBy({ id });
  }

  /** Another policy about exactly the same, or null. */
  findTwin({
    actionType,
    targetId,
    targetGroup,
  }: Pick<RemediationPolicy, 'actionType' | 'targetId' | 'targetGroup'>): Promise<RemediationPolicy | null> {
    return this.rows.findOneBy({
      actionType: actionType ?? IsNull(),
      targetId: targetId ?? IsNull(),
      targetGroup: targetGroup ?? IsNull(),
    });
  }

  async insert(policy: NewPolicy): Promise<RemediationPolicy> {
    const row = this.rows.create(policy);
    await this.rows.insert(row);
    return this.rows.findOneByOrFail({ id: row.id });
  }

  async update(id: number, change: Partial<NewPolicy>): Promise<RemediationPolicy> {
    await this.rows.update({ id }, { ...change, updatedAt: () => 'now()' });
    return this.rows.findOneByOrFail({ id });
  }

  async delete(id: number): Promise<void> {
    await this.rows.delete({ id });
  }

  private get rows(): Repository<RemediationPolicy> {
    return this.database.bind(this.policies);
  }
}
