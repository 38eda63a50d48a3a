import { ActionScheduleController } from './action-schedule.controller';
import { ActionSchedule } from './action-schedule.service';
import { BlackoutWindows } from './blackout-windows.service';
import { FiringRetention } from './firing-retention.service';
import { ScheduleController } from './schedule.controller';
import { ScheduleRepository } from './schedule.repository';
import { ScheduleService } from './schedule.service';
import { ScheduleTargets } from './schedule-targets.service';
import { SlotFiring } from './slot-firing.service';
import { SlotPreview } from './slot-preview.service';
import { SlotWatch } from './slot-watch.service';

export const SCHEDULE_CONTROLLERS = [ActionScheduleController, ScheduleController];

/** What begins by itself when its time has come. */
export const SCHEDULE_PROVIDERS = [
  ActionSchedule,
  BlackoutWindows,
  FiringRetention,
  ScheduleRepository,
  ScheduleService,
  ScheduleTargets,
  SlotFiring,
  SlotPreview,
  SlotWatch,
];
