import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { type PageRequest, paginate, type Pagination } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { RuleRepository } from '../policy/rule.repository';
import { ScheduleRepository } from '../schedules/schedule.repository';
import { Runbook } from './runbook.entity';
import {
  RunbookInUse,
  RunbookNameTaken,
  RunbookNotFound,
  RunbookRetired,
  RunbookVersionConflict,
  RunbookVersionNotFound,
  TooManyRunbooks,
} from './runbook.errors';
import { type RunbookFilter, RunbookRepository } from './runbook.repository';
import type { RunbookDocument } from './runbook-document';
import { RunbookVersion } from './runbook-version.entity';

const MAX_RUNBOOKS = 500;
/** What the database can count to. */
const MAX_VERSION = 2_147_483_647;

/** A runbook with what one of its versions says. */
export interface StatedRunbook {
  readonly runbook: Runbook;
  readonly version: RunbookVersion;
}

/** Runbooks: every save is a version that stays, and what is in use is the latest. */
@Injectable()
export class RunbookService {
  constructor(
    private readonly runbooks: RunbookRepository,
    private readonly rules: RuleRepository,
    private readonly schedules: ScheduleRepository,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** By name, each with its latest version. */
  async list(
    filter: RunbookFilter,
    request: PageRequest,
  ): Promise<{ runbooks: StatedRunbook[]; pagination: Pagination }> {
    const [rows, total] = await this.runbooks.list(filter, request);
    const latest = await this.runbooks.listLatest(rows.map(({ id }) => id));
    const versionOf = new Map(latest.map((version) => [version.runbookId, version]));
    const runbooks = rows.flatMap((runbook) => {
      const version = versionOf.get(runbook.id);
      return version === undefined ? [] : [{ runbook, version }];
    });
    return { runbooks, pagination: paginate(request, total) };
  }

  /** With a version of its, or with the latest. Throws RunbookNotFound, RunbookVersionNotFound. */
  async get(id: number, version?: number): Promise<StatedRunbook> {
    const runbook = await this.runbooks.find(id);
    if (runbook === null) throw new RunbookNotFound(id);
    const wanted = version ?? runbook.version;
    const found = wanted > MAX_VERSION ? null : await this.runbooks.findVersion(id, wanted);
    if (found === null) throw new RunbookVersionNotFound(id, wanted);
    return { runbook, version: found };
  }

  /** Newest first. Throws RunbookNotFound. */
  async listVersions(
    id: number,
    request: PageRequest,
  ): Promise<{ versions: RunbookVersion[]; pagination: Pagination }> {
    if ((await this.runbooks.find(id)) === null) throw new RunbookNotFound(id);
    const [versions, total] = await this.runbooks.listVersions(id, request);
    return { versions, pagination: paginate(request, total) };
  }

  /** Throws RunbookNameTaken, TooManyRunbooks. */
  create(document: RunbookDocument): Promise<StatedRunbook> {
    const { name } = document.definition;
    return this.database.run(async () => {
      await this.runbooks.lockAll();
      if ((await this.runbooks.countInUse()) >= MAX_RUNBOOKS) throw new TooManyRunbooks(MAX_RUNBOOKS);
      if (await this.runbooks.isNameTaken(name, null)) throw new RunbookNameTaken(name);
      const by = currentActor().name;
      const id = await this.runbooks.insert(name, by);
      await this.runbooks.addVersion(id, 1, document, by);
      await this.audit.record({
        action: 'runbook.created',
        subjectType: 'runbook',
        subjectId: id,
        after: { name, version: 1, sha256: document.sha256 },
      });
      return this.get(id);
    });
  }

  /**
   * Saves the next version; the same text again is none. What runs already goes on with the version it began with.
   * Throws RunbookNotFound, RunbookRetired, RunbookVersionConflict, RunbookNameTaken.
   */
  change(id: number, document: RunbookDocument, expected?: number): Promise<StatedRunbook> {
    const { name } = document.definition;
    return this.database.run(async () => {
      await this.runbooks.lockAll();
      const runbook = await this.lock(id, expected);
      const before = (await this.get(id)).version;
      if (before.sha256 === document.sha256 && before.format === document.format) return this.get(id);
      if (await this.runbooks.isNameTaken(name, id)) throw new RunbookNameTaken(name);
      const version = runbook.version + 1;
      await this.runbooks.advance(id, name, version);
      await this.runbooks.addVersion(id, version, document, currentActor().name);
      await this.audit.record({
        action: 'runbook.updated',
        subjectType: 'runbook',
        subjectId: id,
        before: { name: runbook.name, version: runbook.version, sha256: before.sha256 },
        after: { name, version, sha256: document.sha256 },
      });
      return this.get(id);
    });
  }

  /**
   * It is chosen no more; its versions stay, since actions refer to them.
   * Throws RunbookNotFound, RunbookRetired, RunbookVersionConflict, RunbookInUse.
   */
  retire(id: number, expected?: number): Promise<void> {
    return this.database.run(async () => {
      await this.runbooks.lockAll();
      const runbook = await this.lock(id, expected);
      const rules = await this.rules.listOfRunbook(id);
      const schedules = await this.schedules.listOfRunbook(id);
      if (rules.length > 0 || schedules.length > 0)
        throw new RunbookInUse(
          id,
          rules.map(({ name }) => name),
          schedules.map(({ name }) => name),
        );
      await this.runbooks.retire(id, currentActor().name);
      await this.audit.record({
        action: 'runbook.retired',
        subjectType: 'runbook',
        subjectId: id,
        before: { name: runbook.name, version: runbook.version },
      });
    });
  }

  private async lock(id: number, expected?: number): Promise<Runbook> {
    const runbook = await this.runbooks.lock(id);
    if (runbook === null) throw new RunbookNotFound(id);
    if (runbook.retiredAt !== null) throw new RunbookRetired(id);
    if (expected !== undefined && expected !== runbook.version)
      throw new RunbookVersionConflict(id, expected, runbook.version);
    return runbook;
  }
}
