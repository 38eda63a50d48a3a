import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, ILike, IsNull, Not, Repository } from 'typeorm';

import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { Runbook } from './runbook.entity';
import type { RunbookDocument } from './runbook-document';
import { RunbookVersion } from './runbook-version.entity';

/** Which runbooks a list shows; all conditions hold together. */
export interface RunbookFilter {
  readonly isRetired?: boolean;
  /** Part of the name, in any case. */
  readonly search?: string;
}

/** The SQL of runbooks and their versions. */
@Injectable()
export class RunbookRepository {
  constructor(
    @InjectRepository(Runbook) private readonly runbookRows: Repository<Runbook>,
    @InjectRepository(RunbookVersion) private readonly versionRows: Repository<RunbookVersion>,
    private readonly database: Database,
  ) {}

  /** By name, with how many there are. */
  list({ isRetired, search }: RunbookFilter, { page, perPage }: PageRequest): Promise<[Runbook[], number]> {
    const where: FindOptionsWhere<Runbook> = {
      ...(isRetired !== undefined && { retiredAt: isRetired ? Not(IsNull()) : IsNull() }),
      ...(search !== undefined && { name: ILike(`%${search.replace(/[\\%_]/g, '\\$&')}%`) }),
    };
    return this.runbooks.findAndCount({
      where,
      order: { name: 'ASC', id: 'ASC' },
      take: perPage,
      skip: (page - 1) * perPage,
    });
  }

  find(id: number): Promise<Runbook | null> {
    return this.runbooks.findOneBy({ id });
  }

  /** For a change in the open transaction. */
  lock(id: number): Promise<Runbook | null> {
    return this.runbooks.findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Keeps it from being retired until the open transaction ends. */
  hold(id: number): Promise<Runbook | null> {
    return this.runbooks.findOne({ where: { id }, lock: { mode: 'pessimistic_read' } });
  }

  /** One changes runbooks at a time, so that two do not take the same name; whoever reads need not wait. */
  async lockAll(): Promise<void> {
    await this.database.execute('LOCK TABLE runbooks IN SHARE ROW EXCLUSIVE MODE');
  }

  isNameTaken(name: string, exceptId: number | null): Promise<boolean> {
    return this.runbooks.existsBy({
      name,
      retiredAt: IsNull(),
      ...(exceptId !== null && { id: Not(exceptId) }),
    });
  }

  countInUse(): Promise<number> {
    return this.runbooks.countBy({ retiredAt: IsNull() });
  }

  async insert(name: string, createdBy: string): Promise<number> {
    const { identifiers } = await this.runbooks.insert({ name, createdBy });
    return Number((identifiers[0] as { id: number | string }).id);
  }

  async advance(id: number, name: string, version: number): Promise<void> {
    await this.runbooks.update({ id }, { name, version });
  }

  async retire(id: number, retiredBy: string): Promise<void> {
    await this.runbooks.update({ id }, { retiredBy, retiredAt: () => 'now()' });
  }

  async addVersion(
    runbookId: number,
    version: number,
    document: RunbookDocument,
    createdBy: string,
  ): Promise<void> {
    // TypeORM's type of what may be inserted has no place for JSON of any shape.
    await this.versions.insert({ ...document, runbookId, version, createdBy } as object);
  }

  findVersion(runbookId: number, version: number): Promise<RunbookVersion | null> {
    return this.versions.findOneBy({ runbookId, version });
  }

  /** The latest version of each of these. */
  listLatest(ids: readonly number[]): Promise<RunbookVersion[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.versions
      .createQueryBuilder('version')
      .innerJoin(Runbook, 'runbook', 'runbook.id = version.runbookId AND runbook.version = version.version')
      .where('runbook.id IN (:...ids)', { ids })
      .getMany();
  }

  /** Newest first, with how many there are. */
  listVersions(runbookId: number, { page, perPage }: PageRequest): Promise<[RunbookVersion[], number]> {
    return this.versions.findAndCount({
      where: { runbookId },
      order: { version: 'DESC' },
      take: perPage,
      skip: (page - 1) * perPage,
    });
  }

  private get runbooks(): Repository<Runbook> {
    return this.database.bind(this.runbookRows);
  }

  private get versions(): Repository<RunbookVersion> {
    return this.database.bind(this.versionRows);
  }
}
