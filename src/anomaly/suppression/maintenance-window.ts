import { nextOccurrence, type Occurrence, occurrenceAt, type Recurrence } from '../../common/time/recurrence';

/** When maintenance takes place: once, or every week. */
export type Schedule =
  | { readonly kind: 'once'; readonly startsAt: Date; readonly endsAt: Date }
  | { readonly kind: 'weekly'; readonly recurrence: Recurrence };

/** The time of maintenance that is going on at an instant, or null. */
export function currentOf(schedule: Schedule, at: Date): Occurrence | null {
  if (schedule.kind === 'weekly') return occurrenceAt(schedule.recurrence, at);
  const { startsAt, endsAt } = schedule;
  return startsAt <= at && at < endsAt ? { startsAt, endsAt } : null;
}

/** The time of maintenance that begins next after an instant, or null where there is none to come. */
export function nextOf(schedule: Schedule, at: Date): Occurrence | null {
  if (schedule.kind === 'weekly') return nextOccurrence(schedule.recurrence, at);
  const { startsAt, endsAt } = schedule;
  return startsAt > at ? { startsAt, endsAt } : null;
}
