import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { SampleImport } from './sample-import.entity';

/** The SQL of imports. */
@Injectable()
export class SampleImportRepository {
  constructor(
    @InjectRepository(SampleImport) private readonly rows: Repository<SampleImport>,
    private readonly database: Database,
  ) {}

  async insert(row: Pick<SampleImport, 'seriesId' | 'totalBytes' | 'createdBy'>): Promise<number> {
    const { identifiers } = await this.database.bind(this.rows).insert(row);
    return (identifiers[0] as { id: number }).id;
  }

  find(id: number): Promise<SampleImport | null> {
    return this.database.bind(this.rows).findOneBy({ id });
  }

  list({ page, perPage }: PageRequest): Promise<[SampleImport[], number]> {
    return this.database
      .bind(this.rows)
      .findAndCount({ order: { id: 'DESC' }, take: perPage, skip: (page - 1) * perPage });
  }

  async update(id: number, change: Partial<SampleImport>): Promise<void> {
    await this.database.bind(this.rows).update({ id }, change);
  }
}
