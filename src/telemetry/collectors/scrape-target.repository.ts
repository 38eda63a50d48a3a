import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { Database } from '../../database/database';
import { ScrapeTarget } from './scrape-target.entity';

export type NewScrapeTarget = Pick<ScrapeTarget, 'name' | 'url' | 'intervalSeconds' | 'labels' | 'createdBy'>;

/** The SQL of scrape targets. */
@Injectable()
export class ScrapeTargetRepository {
  constructor(
    @InjectRepository(ScrapeTarget) private readonly rows: Repository<ScrapeTarget>,
    private readonly database: Database,
  ) {}

  list(): Promise<ScrapeTarget[]> {
    return this.database.bind(this.rows).find({ order: { id: 'ASC' } });
  }

  find(id: number): Promise<ScrapeTarget | null> {
    return this.database.bind(this.rows).findOneBy({ id });
  }

  /** Null where the name or the URL is taken. */
  async insert(target: NewScrapeTarget): Promise<ScrapeTarget | null> {
    const inserted = await this.database
      .bind(this.rows)
      .createQueryBuilder()
      .insert()
      .values(target)
      .orIgnore()
      .returning('id')
      .execute();
    const [row] = inserted.raw as { id: number }[];
    return row === undefined ? null : this.find(row.id);
  }

  async update(id: number, change: Partial<ScrapeTarget>): Promise<void> {
    await this.database.bind(this.rows).update({ id }, change);
  }

  async delete(id: number): Promise<void> {
    await this.database.bind(this.rows).delete({ id });
  }
}
