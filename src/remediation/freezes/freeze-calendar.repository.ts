import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';

import type { Occurrence } from '../../common/time/recurrence';
import { Database } from '../../database/database';
import { FreezeCalendar } from './freeze-calendar.entity';
import type { FreezeInForce } from './freeze-in-force';
import { FreezePeriod } from './freeze-period.entity';

/** What people state of a calendar. */
export type FreezeTerms = Omit<
  FreezeCalendar,
  'id' | 'knownUntil' | 'version' | 'createdBy' | 'createdAt' | 'updatedAt'
>;

/** A period that is still to come, and whose it is. */
export type UpcomingFreeze = FreezeInForce & { readonly startsAt: Date; readonly until: Date };

const MAX_UPCOMING = 20;

const NOW = { name: 'remediation_freeze_now', text: 'SELECT clock_timestamp() AS now' };

// As the rail says it (policy/rails.ts).
const IN_FORCE = {
  name: 'remediation_freezes_in_force',
  text: `SELECT calendar.id AS "calendarId", calendar.name, calendar.reason, calendar.target_groups AS "targetGroups",
           CASE WHEN calendar.known_until > statement_timestamp() THEN period.ends_at END AS until
         FROM remediation_freeze_calendars AS calendar
         LEFT JOIN remediation_freeze_periods AS period ON period.calendar_id = calendar.id
           AND period.starts_at <= statement_timestamp() AND period.ends_at > statement_timestamp()
         WHERE calendar.is_enabled AND (calendar.known_until <= statement_timestamp() OR period.ends_at IS NOT NULL)
         ORDER BY calendar.name`,
};

const UPCOMING = {
  name: 'remediation_freezes_upcoming',
  text: `SELECT calendar.id AS "calendarId", calendar.name, calendar.reason, calendar.target_groups AS "targetGroups",
           period.starts_at AS "startsAt", period.ends_at AS until
         FROM remediation_freeze_periods AS period JOIN remediation_freeze_calendars AS calendar ON calendar.id = period.calendar_id
         WHERE calendar.is_enabled AND period.starts_at > statement_timestamp()
         ORDER BY period.starts_at, calendar.name LIMIT ${MAX_UPCOMING}`,
};

const ENDING = {
  name: 'remediation_freezes_ending',
  text: `SELECT id FROM remediation_freeze_calendars WHERE known_until < clock_timestamp() + make_interval(days => $1) ORDER BY id`,
};

const GROUPS = {
  name: 'remediation_groups_of_action',
  text: `SELECT DISTINCT target."group" FROM remediation_steps AS step JOIN remediation_targets AS target ON target.id = step.target_id
         WHERE step.action_id = $1`,
};

/** The SQL of freeze calendars and their periods. */
@Injectable()
export class FreezeCalendarRepository {
  constructor(
    @InjectRepository(FreezeCalendar) private readonly calendarRows: Repository<FreezeCalendar>,
    @InjectRepository(FreezePeriod) private readonly periodRows: Repository<FreezePeriod>,
    private readonly database: Database,
  ) {}

  /** What the database's clock shows. */
  async now(): Promise<Date> {
    return (await this.database.query<{ now: Date }>(NOW))[0].now;
  }

  /** By name. */
  list(): Promise<FreezeCalendar[]> {
    return this.calendars.find({ order: { name: 'ASC' } });
  }

  find(id: number): Promise<FreezeCalendar | null> {
    return this.calendars.findOneBy({ id });
  }

  /** Those in force by the clock of the database, by name. */
  listInForce(): Promise<FreezeInForce[]> {
    return this.database.query<FreezeInForce & object>(IN_FORCE);
  }

  /** The next periods that are worked out, the first to come first. */
  listUpcoming(): Promise<UpcomingFreeze[]> {
    return this.database.query<UpcomingFreeze & object>(UPCOMING);
  }

  /** Those whose periods are worked out for fewer days than so many. */
  async listEnding(days: number): Promise<number[]> {
    return (await this.database.query<{ id: number }>(ENDING, [days])).map(({ id }) => id);
  }

  /** The groups of the targets of an action; null is that of a target without one. */
  async groupsOf(actionId: number): Promise<(string | null)[]> {
    const rows = await this.database.query<{ group: string | null }>(GROUPS, [actionId]);
    return rows.map(({ group }) => group);
  }

  /** One changes calendars at a time, so that two do not take the same name; whoever reads need not wait. */
  async lockAll(): Promise<void> {
    await this.database.execute('LOCK TABLE remediation_freeze_calendars IN SHARE ROW EXCLUSIVE MODE');
  }

  /** For working out its periods in the open transaction; null where somebody else does. */
  take(id: number): Promise<FreezeCalendar | null> {
    return this.calendars.findOne({
      where: { id },
      lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
    });
  }

  isNameTaken(name: string, exceptId: number | null): Promise<boolean> {
    return this.calendars.existsBy({ name, ...(exceptId !== null && { id: Not(exceptId) }) });
  }

  async insert(calendar: FreezeTerms & Pick<FreezeCalendar, 'knownUntil' | 'createdBy'>): Promise<number> {
    // TypeORM's type of what may be inserted has no place for JSON of any shape.
    const { identifiers } = await this.calendars.insert(calendar);
    return Number((identifiers[0] as { id: number | string }).id);
  }

  async update(
    id: number,
    calendar: FreezeTerms & Pick<FreezeCalendar, 'knownUntil' | 'version'>,
  ): Promise<void> {
    await this.calendars.update({ id }, { ...calendar, updatedAt: () => 'now()' });
  }

  async delete(id: number): Promise<void> {
    await this.calendars.delete({ id });
  }

  /** Puts periods in the place of those before. */
  async replacePeriods(calendarId: number, periods: readonly Occurrence[]): Promise<void> {
    await this.periods.delete({ calendarId });
    await this.periods.insert(periods.map((period) => ({ ...period, calendarId })));
  }

  /** How far they are worked out. */
  async extend(id: number, knownUntil: Date): Promise<void> {
    await this.calendars.update({ id }, { knownUntil });
  }

  private get calendars(): Repository<FreezeCalendar> {
    return this.database.bind(this.calendarRows);
  }

  private get periods(): Repository<FreezePeriod> {
    return this.database.bind(this.periodRows);
  }
}
