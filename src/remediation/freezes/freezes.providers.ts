import { FreezeCalendarController } from './freeze-calendar.controller';
import { FreezeCalendarRepository } from './freeze-calendar.repository';
import { FreezeCalendarService } from './freeze-calendar.service';
import { FreezeWatch } from './freeze-watch.service';
import { Freezes } from './freezes.service';

export const FREEZE_CONTROLLERS = [FreezeCalendarController];

/** Planned times in which nothing begins. */
export const FREEZE_PROVIDERS = [FreezeCalendarRepository, FreezeCalendarService, Freezes, FreezeWatch];
