import { Injectable } from '@nestjs/common';

import { PlannedWork } from '../../anomaly/planned-work.service';
import { AuditService } from '../../audit/audit.service';
import type { Principal } from '../../auth/principal';
import { type PageRequest, paginate, type Pagination } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { ActionPlanner } from '../actions/action-planner.service';
import { RemediationRules } from '../policy/remediation-rules.service';
import { RunbookRepository } from '../runbooks/runbook.repository';
import { RemediationSchedule } from './schedule.entity';
import {
  InvalidSchedule,
  ScheduleNameTaken,
  ScheduleNotFound,
  ScheduleVersionConflict,
} from './schedule.errors';
import { ScheduleRepository, type ScheduleTerms } from './schedule.repository';
import { ScheduleFiring } from './schedule-firing.entity';
import { nextSlot } from './slots';

const MAX_SCHEDULES = 200;

/** Standing schedules, as people state them. */
@Injectable()
export class ScheduleService {
  constructor(
    private readonly schedules: ScheduleRepository,
    private readonly plannedWork: PlannedWork,
    private readonly planner: ActionPlanner,
    private readonly rules: RemediationRules,
    private readonly runbooks: RunbookRepository,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /** By name. */
  list(): Promise<RemediationSchedule[]> {
    return this.schedules.list();
  }

  /** Throws ScheduleNotFound. */
  async get(id: number): Promise<RemediationSchedule> {
    const schedule = await this.schedules.find(id);
    if (schedule === null) throw new ScheduleNotFound(id);
    return schedule;
  }

  /** What became of its slots, the latest first. Throws ScheduleNotFound. */
  async listFirings(
    id: number,
    request: PageRequest,
  ): Promise<{ firings: ScheduleFiring[]; pagination: Pagination }> {
    await this.get(id);
    const [firings, total] = await this.schedules.listFirings(id, request);
    return { firings, pagination: paginate(request, total) };
  }

  /** Throws InvalidSchedule, ScheduleNameTaken, MaintenanceWindowNotFound, RunbookNotFound, RunbookRetired, InvalidInput. */
  create(caller: Principal, terms: ScheduleTerms): Promise<RemediationSchedule> {
    return this.database.run(async () => {
      await this.schedules.lockAll();
      await this.check(terms, null);
      if ((await this.schedules.list()).length >= MAX_SCHEDULES)
        throw new InvalidSchedule(`There are ${MAX_SCHEDULES} remediation schedules; delete some first`);
      const id = await this.schedules.insert({
        ...terms,
        nextSlot: await this.firstSlot(terms),
        statedByUserId: caller.userId,
        createdBy: caller.actor.name,
      });
      await this.audit.record({
        action: 'remediation_schedule.created',
        subjectType: 'remediation_schedule',
        subjectId: id,
        after: terms,
      });
      return this.get(id);
    });
  }

  /**
   * Replaces what a schedule says; its next slot is the first after now. Throws ScheduleNotFound, ScheduleVersionConflict and what
   * `create` throws.
   */
  change(
    caller: Principal,
    id: number,
    terms: ScheduleTerms,
    expected?: number,
  ): Promise<RemediationSchedule> {
    return this.database.run(async () => {
      await this.schedules.lockAll();
      const before = await this.expect(id, expected);
      await this.check(terms, id);
      await this.schedules.update(id, {
        ...terms,
        nextSlot: await this.firstSlot(terms),
        statedByUserId: caller.userId,
        version: before.version + 1,
      });
      await this.audit.record({
        action: 'remediation_schedule.updated',
        subjectType: 'remediation_schedule',
        subjectId: id,
        before: termsIn(before),
        after: terms,
      });
      return this.get(id);
    });
  }

  /** What it proposed stays. Throws ScheduleNotFound, ScheduleVersionConflict. */
  remove(id: number, expected?: number): Promise<void> {
    return this.database.run(async () => {
      await this.schedules.lockAll();
      const before = await this.expect(id, expected);
      await this.schedules.delete(id);
      await this.audit.record({
        action: 'remediation_schedule.deleted',
        subjectType: 'remediation_schedule',
        subjectId: id,
        before: termsIn(before),
      });
    });
  }

  /** What it asks for could be proposed now. Its runbook and windows stay until it stands. */
  private async check(terms: ScheduleTerms, id: number | null): Promise<void> {
    const { name, runbookId, actionType, targetId, parameters, blackoutWindowIds } = terms;
    if (await this.schedules.isNameTaken(name, id)) throw new ScheduleNameTaken(name);
    await this.plannedWork.hold(blackoutWindowIds);
    if (runbookId !== null) await this.runbooks.hold(runbookId);
    if (runbookId !== null) await this.rules.prepareRunbook(runbookId, null, parameters);
    if (actionType !== null)
      await this.planner.plan({ actionType, actionName: name, parameters, targetId, runbook: null });
  }

  /** The first slot from now on. One without any may be kept, but not as one that is waited for. */
  private async firstSlot(terms: ScheduleTerms): Promise<Date | null> {
    const slot = nextSlot(terms, await this.schedules.now());
    if (slot === null && terms.isEnabled)
      throw new InvalidSchedule(
        'rrule has no slot that is still to come; change it, or disable the schedule',
      );
    return slot;
  }

  /** For a change, under the lock of all schedules. */
  private async expect(id: number, expected?: number): Promise<RemediationSchedule> {
    const schedule = await this.get(id);
    if (expected !== undefined && expected !== schedule.version)
      throw new ScheduleVersionConflict(id, expected, schedule.version);
    return schedule;
  }
}

/** What people state of a schedule, as the audit trail keeps it. */
function termsIn(schedule: RemediationSchedule): Partial<ScheduleTerms> {
  const serverOwned = ['id', 'nextSlot', 'statedByUserId', 'version', 'createdBy', 'createdAt', 'updatedAt'];
  return Object.fromEntries(Object.entries(schedule).filter(([name]) => !serverOwned.includes(name)));
}
