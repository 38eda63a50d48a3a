import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { Database } from '../database/database';
import { EgressAllowList, EgressRule } from './egress-allow-list';
import { EgressRuleEntity } from './egress-rule.entity';
import { EgressScheme } from './egress-url';

/** The allow-list as a table: a rule that is removed stops the very next call. */
@Injectable()
export class EgressRuleRepository extends EgressAllowList {
  constructor(
    @InjectRepository(EgressRuleEntity) private readonly rows: Repository<EgressRuleEntity>,
    private readonly database: Database,
  ) {
    super();
  }

  find(scheme: EgressScheme, host: string, port: number): Promise<EgressRule | null> {
    return this.database.bind(this.rows).findOneBy({ scheme, host, port });
  }

  list(): Promise<EgressRuleEntity[]> {
    return this.database.bind(this.rows).find({ order: { host: 'ASC', port: 'ASC' } });
  }

  findById(id: number): Promise<EgressRuleEntity | null> {
    return this.database.bind(this.rows).findOneBy({ id });
  }

  async insert(
    rule: EgressRule & { note: string | null; createdBy: string },
  ): Promise<EgressRuleEntity | null> {
    const inserted = await this.database
      .bind(this.rows)
      .createQueryBuilder()
      .insert()
      .values(rule)
      .orIgnore()
      .returning('id')
      .execute();
    const [row] = inserted.raw as { id: number }[];
    return row === undefined ? null : this.findById(row.id);
  }

  async delete(id: number): Promise<void> {
    await this.database.bind(this.rows).delete({ id });
  }
}
