import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';

import { Database } from '../../database/database';
import type { LabelCondition } from '../../telemetry/telemetry.types';
import type { Schedule } from './maintenance-window';
import { MaintenanceWindow } from './maintenance-window.entity';

const MAX_LISTED = 1_000;

const NOW = { name: 'maintenance_now', text: 'SELECT clock_timestamp() AS now' };

/** What a maintenance window says. */
export interface WindowTerms {
  readonly name: string;
  readonly matchers: readonly LabelCondition[];
  readonly schedule: Schedule;
}

/** The SQL of maintenance windows. */
@Injectable()
export class MaintenanceWindowRepository {
  constructor(
    @InjectRepository(MaintenanceWindow) private readonly rows: Repository<MaintenanceWindow>,
    private readonly database: Database,
  ) {}

  /** What the database's clock shows, by which all processes judge windows alike. */
  async now(): Promise<Date> {
    return (await this.database.query<{ now: Date }>(NOW))[0].now;
  }

  /** All of them by name, but not one-off ones that are long over. */
  list(): Promise<MaintenanceWindow[]> {
    return this.database
      .bind(this.rows)
      .createQueryBuilder('w')
      .where(`w.ends_at IS NULL OR w.ends_at > now() - interval '30 days'`)
      .orderBy('w.name')
      .limit(MAX_LISTED)
      .getMany();
  }

  /** Those that may be in force: every weekly one, and one-off ones that have begun and not ended. */
  listLive(): Promise<MaintenanceWindow[]> {
    return this.database
      .bind(this.rows)
      .createQueryBuilder('w')
      .where('w.starts_at IS NULL OR (w.starts_at <= clock_timestamp() AND w.ends_at > clock_timestamp())')
      .orderBy('w.id')
      .getMany();
  }

  count(): Promise<number> {
    return this.database.bind(this.rows).count();
  }

  find(id: number): Promise<MaintenanceWindow | null> {
    return this.database.bind(this.rows).findOneBy({ id });
  }

  /** For a change in the open transaction. */
  lock(id: number): Promise<MaintenanceWindow | null> {
    return this.database.bind(this.rows).findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Keeps it from being deleted until the open transaction ends; false where there is none. */
  async hold(id: number): Promise<boolean> {
    const lock = { mode: 'pessimistic_read' } as const;
    return (await this.database.bind(this.rows).findOne({ where: { id }, lock })) !== null;
  }

  isNameTaken(name: string, exceptId: number | null): Promise<boolean> {
    return this.database.bind(this.rows).existsBy({ name, ...(exceptId !== null && { id: Not(exceptId) }) });
  }

  async insert(terms: WindowTerms, createdBy: string): Promise<number> {
    const { identifiers } = await this.database.bind(this.rows).insert({ ...columnsOf(terms), createdBy });
    return Number((identifiers[0] as { id: number | string }).id);
  }

  async update(id: number, terms: WindowTerms): Promise<void> {
    await this.database.bind(this.rows).update({ id }, { ...columnsOf(terms), updatedAt: () => 'now()' });
  }

  async delete(id: number): Promise<void> {
    await this.database.bind(this.rows).delete({ id });
  }
}

function columnsOf({ name, matchers, schedule }: WindowTerms): Partial<MaintenanceWindow> {
  const recurrence = schedule.kind === 'weekly' ? schedule.recurrence : null;
  return {
    name,
    matchers,
    startsAt: schedule.kind === 'once' ? schedule.startsAt : null,
    endsAt: schedule.kind === 'once' ? schedule.endsAt : null,
    weekdays: recurrence?.weekdays ?? null,
    startTime: recurrence?.startTime ?? null,
    durationMinutes: recurrence?.durationMinutes ?? null,
    timeZone: recurrence?.timeZone ?? null,
  };
}
