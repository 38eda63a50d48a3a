import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { LedgerRepository } from '../execution/ledger.repository';
import {
  FreezeCalendarNameTaken,
  FreezeCalendarNotFound,
  FreezeCalendarVersionConflict,
  InvalidFreezeCalendar,
} from './freeze.errors';
import { FreezeCalendar } from './freeze-calendar.entity';
import { FreezeCalendarRepository, type FreezeTerms } from './freeze-calendar.repository';
import { periodsOf } from './freeze-periods';

const MAX_CALENDARS = 100;
const MAX_PERIODS = 1_000;
/** How far ahead periods are worked out, and with how much left of that it is done again: a freeze holds that long without any process. */
const AHEAD_DAYS = 84;
const LEFT_DAYS = 56;
const DAY_MS = 86_400_000;

/** Freeze calendars, as people state them, and their periods as they are worked out of that. */
@Injectable()
export class FreezeCalendarService {
  constructor(
    private readonly calendars: FreezeCalendarRepository,
    private readonly ledger: LedgerRepository,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /** By name. */
  list(): Promise<FreezeCalendar[]> {
    return this.calendars.list();
  }

  /** Throws FreezeCalendarNotFound. */
  async get(id: number): Promise<FreezeCalendar> {
    const calendar = await this.calendars.find(id);
    if (calendar === null) throw new FreezeCalendarNotFound(id);
    return calendar;
  }

  /** It holds from this answer on, in every process. Throws InvalidFreezeCalendar, FreezeCalendarNameTaken. */
  create(terms: FreezeTerms): Promise<FreezeCalendar> {
    return this.database.run(async () => {
      await this.lock();
      if ((await this.calendars.list()).length >= MAX_CALENDARS)
        throw new InvalidFreezeCalendar(`There are ${MAX_CALENDARS} freeze calendars; delete some first`);
      if (await this.calendars.isNameTaken(terms.name, null)) throw new FreezeCalendarNameTaken(terms.name);
      const { periods, knownUntil } = workedOut(terms, await this.calendars.now());
      const id = await this.calendars.insert({ ...terms, knownUntil, createdBy: currentActor().name });
      await this.calendars.replacePeriods(id, checked(periods));
      await this.record('created', id, { after: terms });
      return this.get(id);
    });
  }

  /** Replaces what a calendar says. Throws FreezeCalendarNotFound, FreezeCalendarVersionConflict and what `create` throws. */
  change(id: number, terms: FreezeTerms, expected?: number): Promise<FreezeCalendar> {
    return this.database.run(async () => {
      await this.lock();
      const before = await this.expect(id, expected);
      if (await this.calendars.isNameTaken(terms.name, id)) throw new FreezeCalendarNameTaken(terms.name);
      const { periods, knownUntil } = workedOut(terms, await this.calendars.now());
      await this.calendars.update(id, { ...terms, knownUntil, version: before.version + 1 });
      await this.calendars.replacePeriods(id, checked(periods));
      await this.record('updated', id, { before: termsIn(before), after: terms });
      return this.get(id);
    });
  }

  /** What it held goes on. Throws FreezeCalendarNotFound, FreezeCalendarVersionConflict. */
  remove(id: number, expected?: number): Promise<void> {
    return this.database.run(async () => {
      await this.lock();
      const before = await this.expect(id, expected);
      await this.calendars.delete(id);
      await this.record('deleted', id, { before: termsIn(before) });
    });
  }

  /** Those whose periods are known for not much longer. */
  listEnding(): Promise<number[]> {
    return this.calendars.listEnding(LEFT_DAYS);
  }

  /** Works out the periods of a calendar from now on, once whoever else tries. */
  extend(id: number): Promise<void> {
    return this.database.run(async () => {
      const calendar = await this.calendars.take(id);
      if (calendar === null) return;
      const { periods, knownUntil } = workedOut(calendar, await this.calendars.now());
      await this.calendars.replacePeriods(id, periods);
      await this.calendars.extend(id, knownUntil);
    });
  }

  /** One change after the other, and no claim beside it: once a change has answered, it counts. */
  private async lock(): Promise<void> {
    await this.ledger.lockRails();
    await this.calendars.lockAll();
  }

  /** For a change, under the lock of all calendars. */
  private async expect(id: number, expected?: number): Promise<FreezeCalendar> {
    const calendar = await this.get(id);
    if (expected !== undefined && expected !== calendar.version)
      throw new FreezeCalendarVersionConflict(id, expected, calendar.version);
    return calendar;
  }

  private record(
    verb: string,
    subjectId: number,
    change: { before?: object; after?: object },
  ): Promise<void> {
    const action = `remediation_freeze_calendar.${verb}`;
    return this.audit.record({ action, subjectType: 'remediation_freeze_calendar', subjectId, ...change });
  }
}

function workedOut(terms: FreezeTerms, now: Date) {
  const knownUntil = new Date(now.getTime() + AHEAD_DAYS * DAY_MS);
  return { periods: periodsOf(terms, now, knownUntil), knownUntil };
}

/** Throws InvalidFreezeCalendar where there are too many. */
function checked<Period>(periods: Period[]): Period[] {
  if (periods.length > MAX_PERIODS)
    throw new InvalidFreezeCalendar(
      `It has ${periods.length} periods within ${AHEAD_DAYS} days; there may be ${MAX_PERIODS}`,
    );
  return periods;
}

/** What people state of a calendar, as the audit trail keeps it. */
function termsIn({ name, isEnabled, reason, timeZone, targetGroups, entries }: FreezeCalendar): FreezeTerms {
  return { name, isEnabled, reason, timeZone, targetGroups, entries };
}
