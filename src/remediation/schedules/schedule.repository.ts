import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Raw, Repository } from 'typeorm';

import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { RemediationSchedule } from './schedule.entity';
import { ScheduleFiring } from './schedule-firing.entity';

/** What people state of a schedule. */
export type ScheduleTerms = Omit<
  RemediationSchedule,
  'id' | 'nextSlot' | 'statedByUserId' | 'version' | 'createdBy' | 'createdAt' | 'updatedAt'
>;

const NOW = { name: 'remediation_schedule_now', text: 'SELECT clock_timestamp() AS now' };

const DUE = {
  name: 'remediation_due_schedules',
  text: `SELECT id FROM remediation_schedules WHERE is_enabled AND next_slot <= clock_timestamp() ORDER BY next_slot, id LIMIT 100`,
};

const ACTIVE = {
  name: 'remediation_active_of_schedule',
  text: `SELECT action.id FROM remediation_schedule_firings AS firing JOIN remediation_actions AS action ON action.id = firing.action_id
         WHERE firing.schedule_id = $1 AND action.status IN ('pending', 'approved', 'scheduled', 'in_progress') AND action.deleted_at IS NULL
         ORDER BY firing.slot DESC LIMIT 1`,
};

/** The SQL of standing schedules. */
@Injectable()
export class ScheduleRepository {
  constructor(
    @InjectRepository(RemediationSchedule) private readonly scheduleRows: Repository<RemediationSchedule>,
    @InjectRepository(ScheduleFiring) private readonly firingRows: Repository<ScheduleFiring>,
    private readonly database: Database,
  ) {}

  /** What the database's clock shows, by which all processes judge slots alike. */
  async now(): Promise<Date> {
    return (await this.database.query<{ now: Date }>(NOW))[0].now;
  }

  /** By name. */
  list(): Promise<RemediationSchedule[]> {
    return this.rows.find({ order: { name: 'ASC', id: 'ASC' } });
  }

  /** Those that ask for a runbook, by name. */
  listOfRunbook(runbookId: number): Promise<RemediationSchedule[]> {
    return this.rows.find({ where: { runbookId }, order: { name: 'ASC' } });
  }

  /** Those that are silent in a maintenance window, by name. */
  listSilentIn(windowId: number): Promise<RemediationSchedule[]> {
    return this.rows.find({
      where: {
        blackoutWindowIds: Raw((column) => `${column} @> to_jsonb(CAST(:windowId AS bigint))`, { windowId }),
      },
      order: { name: 'ASC' },
    });
  }

  find(id: number): Promise<RemediationSchedule | null> {
    return this.rows.findOneBy({ id });
  }

  /** One changes schedules at a time, so that two do not take the same name. */
  async lockAll(): Promise<void> {
    await this.database.execute('LOCK TABLE remediation_schedules IN SHARE ROW EXCLUSIVE MODE');
  }

  /** For its slot in the open transaction; null where somebody else has it. */
  take(id: number): Promise<RemediationSchedule | null> {
    return this.rows.findOne({
      where: { id, isEnabled: true },
      lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
    });
  }

  isNameTaken(name: string, exceptId: number | null): Promise<boolean> {
    return this.rows.existsBy({ name, ...(exceptId !== null && { id: Not(exceptId) }) });
  }

  async insert(
    schedule: ScheduleTerms & Pick<RemediationSchedule, 'nextSlot' | 'statedByUserId' | 'createdBy'>,
  ): Promise<number> {
    // TypeORM's type of what may be inserted has no place for JSON of any shape.
    const { identifiers } = await this.rows.insert(schedule as object);
    return Number((identifiers[0] as { id: number | string }).id);
  }

  async update(
    id: number,
    schedule: ScheduleTerms & Pick<RemediationSchedule, 'nextSlot' | 'statedByUserId' | 'version'>,
  ): Promise<void> {
    await this.rows.update({ id }, { ...schedule, updatedAt: () => 'now()' } as object);
  }

  async delete(id: number): Promise<void> {
    await this.rows.delete({ id });
  }

  /** Those with a slot whose time has come. */
  async listDue(): Promise<number[]> {
    return (await this.database.query<{ id: number }>(DUE)).map(({ id }) => id);
  }

  /** The action of an earlier slot that has not ended; null where there is none. */
  async findActiveAction(id: number): Promise<number | null> {
    return (await this.database.query<{ id: number }>(ACTIVE, [id]))[0]?.id ?? null;
  }

  /** Writes what became of a slot, and goes on to the next, where there is one. */
  async settle(firing: Omit<ScheduleFiring, 'at'>, next: Date | null): Promise<void> {
    await this.firings.insert(firing);
    await this.rows.update({ id: firing.scheduleId }, { nextSlot: next });
  }

  /** Latest slot first, with how many there are. */
  listFirings(scheduleId: number, { page, perPage }: PageRequest): Promise<[ScheduleFiring[], number]> {
    return this.firings.findAndCount({
      where: { scheduleId },
      order: { slot: 'DESC' },
      take: perPage,
      skip: (page - 1) * perPage,
    });
  }

  private get rows(): Repository<RemediationSchedule> {
    return this.database.bind(this.scheduleRows);
  }

  private get firings(): Repository<ScheduleFiring> {
    return this.database.bind(this.firingRows);
  }
}
