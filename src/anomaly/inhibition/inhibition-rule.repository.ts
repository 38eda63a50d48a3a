import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';

import { Database } from '../../database/database';
import { InhibitionRule } from './inhibition-rule.entity';

export type RuleTerms = Pick<InhibitionRule, 'name' | 'sourceMatchers' | 'targetMatchers' | 'equalLabels'>;

/** The SQL of rules of inhibition. */
@Injectable()
export class InhibitionRuleRepository {
  constructor(
    @InjectRepository(InhibitionRule) private readonly rows: Repository<InhibitionRule>,
    private readonly database: Database,
  ) {}

  /** In the order in which they were made, which is that in which they hold. */
  list(): Promise<InhibitionRule[]> {
    return this.database.bind(this.rows).find({ order: { id: 'ASC' } });
  }

  count(): Promise<number> {
    return this.database.bind(this.rows).count();
  }

  find(id: number): Promise<InhibitionRule | null> {
    return this.database.bind(this.rows).findOneBy({ id });
  }

  /** For a change in the open transaction. */
  lock(id: number): Promise<InhibitionRule | null> {
    return this.database.bind(this.rows).findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  isNameTaken(name: string, exceptId: number | null): Promise<boolean> {
    return this.database.bind(this.rows).existsBy({ name, ...(exceptId !== null && { id: Not(exceptId) }) });
  }

  async insert(terms: RuleTerms, createdBy: string): Promise<number> {
    const { identifiers } = await this.database.bind(this.rows).insert({ ...terms, createdBy });
    return Number((identifiers[0] as { id: number | string }).id);
  }

  async update(id: number, terms: RuleTerms): Promise<void> {
    await this.database.bind(this.rows).update({ id }, { ...terms, updatedAt: () => 'now()' });
  }

  async delete(id: number): Promise<void> {
    await this.database.bind(this.rows).delete({ id });
  }
}
