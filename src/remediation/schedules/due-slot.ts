import { lastSlot, nextSlot, type SlotTerms } from './slots';

/** What becomes of slots at which nothing was running: nothing, or one run for all of them. */
export const MISSED_POLICIES = ['skip', 'run_once'] as const;
export type MissedPolicy = (typeof MISSED_POLICIES)[number];

/** A slot whose time has come, the latest where there are several. */
export interface DueSlot {
  readonly slot: Date;
  /** Whether its time is over, and it is run at all only where a late run is asked for. */
  readonly isMissed: boolean;
  /** The slot after it; null where it was the last. */
  readonly next: Date | null;
}

const MINUTE_MS = 60_000;

/**
 * The slot to be dealt with now, or null while `expected` is still to come. One that is at most a minute late is on time. Of several
 * only the latest counts, so that nothing is done twice in a row.
 */
export function dueSlot(
  schedule: SlotTerms & { readonly missedSlots: MissedPolicy },
  expected: Date,
  now: Date,
): DueSlot | null {
  if (now < expected) return null;
  const slot = lastSlot(schedule, expected, now);
  const isLate = now.getTime() - slot.getTime() > MINUTE_MS;
  return { slot, isMissed: isLate && schedule.missedSlots === 'skip', next: nextSlot(schedule, now) };
}
