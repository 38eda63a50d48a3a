import { Injectable } from '@nestjs/common';

import { PlannedWork } from '../../anomaly/planned-work.service';
import { localMs } from '../../common/time/local-time';
import { covers } from '../freezes/freeze-in-force';
import { Freezes } from '../freezes/freezes.service';
import type { RemediationSchedule } from './schedule.entity';
import { ScheduleRepository } from './schedule.repository';
import { ScheduleTargets } from './schedule-targets.service';
import { nextSlot, type SlotTerms } from './slots';

/** What a slot would be passed over for, as calendars and windows now are. */
export interface Hindrance {
  readonly kind: 'freeze_calendar' | 'maintenance_window';
  readonly id: number;
  readonly name: string;
  readonly until: Date;
}

export interface PreviewedSlot {
  readonly slot: Date;
  /** What the clock of its zone shows then, `2026-03-29T03:30`. */
  readonly local: string;
  readonly hindrances: readonly Hindrance[];
}

/** What a schedule says of its slots, and of what may hinder them. */
export type PreviewedTerms = SlotTerms &
  Pick<RemediationSchedule, 'blackoutWindowIds' | 'targetId' | 'runbookId' | 'parameters'>;

/** Shows when a schedule would come, before anybody trusts it. */
@Injectable()
export class SlotPreview {
  constructor(
    private readonly schedules: ScheduleRepository,
    private readonly targets: ScheduleTargets,
    private readonly freezes: Freezes,
    private readonly plannedWork: PlannedWork,
  ) {}

  /** The next slots, fewer where there are no more. Throws MaintenanceWindowNotFound. */
  async preview(terms: PreviewedTerms, count: number): Promise<PreviewedSlot[]> {
    const windowsAt = await this.plannedWork.planner(terms.blackoutWindowIds);
    const freezesAt = await this.freezes.planner();
    const groups = await this.targets.groupsOf(terms);
    const hindrancesAt = (at: Date): Hindrance[] => [
      ...freezesAt(at)
        .filter((freeze) => covers(freeze, null) || groups.some((group) => covers(freeze, group)))
        .map(({ calendarId: id, name, until }) => ({ kind: 'freeze_calendar' as const, id, name, until })),
      ...windowsAt(at).map((window) => ({ kind: 'maintenance_window' as const, ...window })),
    ];
    const found: PreviewedSlot[] = [];
    let slot = nextSlot(terms, await this.schedules.now());
    while (slot !== null && found.length < count) {
      const local = new Date(localMs(terms.timeZone, slot.getTime())).toISOString().slice(0, 16);
      found.push({ slot, local, hindrances: hindrancesAt(slot) });
      slot = nextSlot(terms, slot);
    }
    return found;
  }
}
