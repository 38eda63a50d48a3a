import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, QueryFailedError, Repository } from 'typeorm';

import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { RemediationTarget } from './target.entity';
import { TargetInUse } from './target.errors';
import type { TargetKind } from './target-kind';

/** What somebody states of a target; what is left out of a statement is as if it had never been stated. */
export type TargetStatement = Pick<
  RemediationTarget,
  | 'name'
  | 'description'
  | 'isEnabled'
  | 'labels'
  | 'group'
  | 'isProtected'
  | 'settings'
  | 'cooldownSeconds'
  | 'hourlyBudget'
>;

const FOREIGN_KEY_VIOLATION = '23503';

/** The SQL of targets. */
@Injectable()
export class TargetRepository {
  constructor(
    @InjectRepository(RemediationTarget) private readonly targets: Repository<RemediationTarget>,
    private readonly database: Database,
  ) {}

  /** By name. */
  list(
    { page, perPage }: PageRequest,
    kind: TargetKind | null,
  ): Promise<[RemediationTarget[], total: number]> {
    return this.rows.findAndCount({
      where: kind === null ? {} : { kind },
      order: { name: 'ASC' },
      skip: (page - 1) * perPage,
      take: perPage,
    });
  }

  listEnabled(): Promise<RemediationTarget[]> {
    return this.rows.find({ where: { isEnabled: true }, order: { id: 'ASC' } });
  }

  find(id: number): Promise<RemediationTarget | null> {
    return this.rows.findOneBy({ id });
  }

  /** For a change in the open transaction. */
  lock(id: number): Promise<RemediationTarget | null> {
    return this.rows.findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  isNameTaken(name: string, exceptId: number | null): Promise<boolean> {
    return this.rows.existsBy({ name, ...(exceptId !== null && { id: Not(exceptId) }) });
  }

  async insert(statement: TargetStatement & { kind: TargetKind; createdBy: string }): Promise<number> {
    // Without its type: TypeORM's of what may be inserted never ends on JSON of any shape.
    const row: object = statement;
    const { identifiers } = await this.rows.insert(row);
    return Number((identifiers[0] as { id: number | string }).id);
  }

  async update(id: number, statement: TargetStatement): Promise<void> {
    const change: object = { ...statement, version: () => 'version + 1', updatedAt: () => 'now()' };
    await this.rows.update({ id }, change);
  }

  /** What a check of it found; no change of the target itself. */
  async noteCheck(id: number, error: string | null): Promise<void> {
    const change: object = { checkedAt: () => 'now()', checkError: error };
    await this.rows.update({ id }, change);
  }

  /** Throws  TargetInUse where rows of others refer to it. */
  async delete(id: number): Promise<void> {
    try {
      await this.rows.delete({ id });
    } catch (error) {
      if (!(error instanceof QueryFailedError)) throw error;
      const { code, constraint } = error.driverError as { code?: string; constraint?: string };
      if (code !== FOREIGN_KEY_VIOLATION) throw error;
      throw new TargetInUse(id, constraint === 'remediation_schedule_target' ? 'schedules' : 'actions');
    }
  }

  private get rows(): Repository<RemediationTarget> {
    return this.database.bind(this.targets);
  }
}
