import { ActionScheduleController } from './action-schedule.controller';
import { ActionSchedule } from './action-schedule.service';
import { SlotWatch } from './slot-watch.service';

export const SCHEDULE_CONTROLLERS = [ActionScheduleController];

/** What begins by itself when its time has come. */
export const SCHEDULE_PROVIDERS = [ActionSchedule, SlotWatch];
