import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';

import { Database } from '../../database/database';
import { AutonomyPolicy } from './autonomy-policy.entity';

/** What people state of an autonomy policy. */
export type PolicyTerms = Omit<AutonomyPolicy, 'id' | 'version' | 'createdBy' | 'createdAt' | 'updatedAt'>;

/** The SQL of autonomy policies. */
@Injectable()
export class AutonomyPolicyRepository {
  constructor(
    @InjectRepository(AutonomyPolicy) private readonly policies: Repository<AutonomyPolicy>,
    private readonly database: Database,
  ) {}

  /** In the order in which they are looked at. */
  list(): Promise<AutonomyPolicy[]> {
    return this.rows.find({ order: { priority: 'ASC', id: 'ASC' } });
  }

  find(id: number): Promise<AutonomyPolicy | null> {
    return this.rows.findOneBy({ id });
  }

  /** One changes policies at a time, so that two do not take the same name; whoever reads need not wait. */
  async lockAll(): Promise<void> {
    await this.database.execute('LOCK TABLE autonomy_policies IN SHARE ROW EXCLUSIVE MODE');
  }

  isNameTaken(name: string, exceptId: number | null): Promise<boolean> {
    return this.rows.existsBy({ name, ...(exceptId !== null && { id: Not(exceptId) }) });
  }

  async insert(terms: PolicyTerms, createdBy: string): Promise<number> {
    // TypeORM's type of what may be inserted has no place for JSON of any shape.
    const { identifiers } = await this.rows.insert({ ...terms, createdBy });
    return Number((identifiers[0] as { id: number | string }).id);
  }

  async update(id: number, terms: PolicyTerms, version: number): Promise<void> {
    await this.rows.update({ id }, { ...terms, version, updatedAt: () => 'now()' });
  }

  async delete(id: number): Promise<void> {
    await this.rows.delete({ id });
  }

  private get rows(): Repository<AutonomyPolicy> {
    return this.database.bind(this.policies);
  }
}
