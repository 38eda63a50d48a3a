import { Injectable } from '@nestjs/common';

import { FreezeCalendarRepository, type UpcomingFreeze } from './freeze-calendar.repository';
import { covers, type FreezeInForce } from './freeze-in-force';
import { periodAt } from './freeze-periods';

/** What freeze calendars hold, and when: what others ask of them. The claim asks for itself, in its own statement. */
@Injectable()
export class Freezes {
  constructor(private readonly calendars: FreezeCalendarRepository) {}

  /** Those in force now, by the clock of the database. */
  listInForce(): Promise<FreezeInForce[]> {
    return this.calendars.listInForce();
  }

  /** Those that hold targets of any of these groups now; null is the group of a target without one. */
  async listHolding(groups: readonly (string | null)[]): Promise<FreezeInForce[]> {
    return (await this.calendars.listInForce()).filter((freeze) => holdsAny(freeze, groups));
  }

  /** Those that hold a step of an action now. */
  async listHoldingAction(actionId: number): Promise<FreezeInForce[]> {
    return this.listHolding(await this.calendars.groupsOf(actionId));
  }

  /** Those that will hold a step of an action at an instant, as calendars and targets now are. */
  async listHoldingActionAt(actionId: number, at: Date): Promise<FreezeInForce[]> {
    const groups = await this.calendars.groupsOf(actionId);
    const heldAt = await this.planner();
    return heldAt(at).filter((freeze) => holdsAny(freeze, groups));
  }

  /** The next periods that are worked out. */
  listUpcoming(): Promise<UpcomingFreeze[]> {
    return this.calendars.listUpcoming();
  }

  /** What is in force at any instant, as calendars now are, without another look at the database. */
  async planner(): Promise<(at: Date) => (FreezeInForce & { readonly until: Date })[]> {
    const calendars = (await this.calendars.list()).filter(({ isEnabled }) => isEnabled);
    return (at) =>
      calendars.flatMap((calendar) => {
        const period = periodAt(calendar, at);
        if (period === null) return [];
        const { id: calendarId, name, reason, targetGroups } = calendar;
        return [{ calendarId, name, reason, targetGroups, until: period.endsAt }];
      });
  }
}

function holdsAny(freeze: FreezeInForce, groups: readonly (string | null)[]): boolean {
  return covers(freeze, null) || groups.some((group) => covers(freeze, group));
}
