import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';

import { Database } from '../../database/database';
import { RemediationRule } from './rule.entity';

// Read for every anomaly that opens.
const LIST = {
  name: 'remediation_rules_list',
  text: `SELECT id, name, position, is_enabled AS "isEnabled", continues, min_severity AS "minSeverity", max_severity AS "maxSeverity", sources,
           matchers, series, issues, runbook_id AS "runbookId", action_type AS "actionType", parameters, priority,
           cooldown_seconds AS "cooldownSeconds", verify, version, created_by AS "createdBy", created_at AS "createdAt", updated_at AS "updatedAt"
         FROM remediation_rules ORDER BY position, id`,
};

/** What people state of a rule. */
export type RuleTerms = Omit<RemediationRule, 'id' | 'version' | 'createdBy' | 'createdAt' | 'updatedAt'>;

/** The SQL of remediation rules. */
@Injectable()
export class RuleRepository {
  constructor(
    @InjectRepository(RemediationRule) private readonly ruleRows: Repository<RemediationRule>,
    private readonly database: Database,
  ) {}

  /** In the order in which they are looked at. */
  list(): Promise<RemediationRule[]> {
    return this.database.query<RemediationRule>(LIST);
  }

  listOfRunbook(runbookId: number): Promise<RemediationRule[]> {
    return this.rows.find({ where: { runbookId }, order: { position: 'ASC', id: 'ASC' } });
  }

  find(id: number): Promise<RemediationRule | null> {
    return this.rows.findOneBy({ id });
  }

  /** One changes rules at a time, so that two do not take the same name; whoever reads need not wait. */
  async lockAll(): Promise<void> {
    await this.database.execute('LOCK TABLE remediation_rules IN SHARE ROW EXCLUSIVE MODE');
  }

  isNameTaken(name: string, exceptId: number | null): Promise<boolean> {
    return this.rows.existsBy({ name, ...(exceptId !== null && { id: Not(exceptId) }) });
  }

  async insert(terms: RuleTerms, createdBy: string): Promise<number> {
    // TypeORM's type of what may be inserted has no place for JSON of any shape.
    const { identifiers } = await this.rows.insert({ ...terms, createdBy } as object);
    return Number((identifiers[0] as { id: number | string }).id);
  }

  async update(id: number, terms: RuleTerms, version: number): Promise<void> {
    await this.rows.update({ id }, { ...terms, version, updatedAt: () => 'now()' } as object);
  }

  async delete(id: number): Promise<void> {
    await this.rows.delete({ id });
  }

  private get rows(): Repository<RemediationRule> {
    return this.database.bind(this.ruleRows);
  }
}
