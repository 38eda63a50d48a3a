/** Rows that one statement looks at. A batch of them is a transaction of some ten milliseconds. */
export const BATCH_ROWS = 500;
/** The share of the time in which a run works; the rest belongs to whoever uses the product. */
const WORK_SHARE = 0.2;
const SHORTEST_PAUSE_MS = 10;

/**
 * How long to rest after a batch so that work stays within its share: where the database is slow, or busy with others, batches take
 * longer and so do the pauses.
 * @example pauseAfter(25) // 100: after a fifth of the time come the other four
 */
export function pauseAfter(batchMs: number): number {
  return Math.max(SHORTEST_PAUSE_MS, (batchMs * (1 - WORK_SHARE)) / WORK_SHARE);
}

/** A run begins every so many minutes, so that each is short. */
const EVERY_MINUTES = 10;
/** In UTC. */
export const RUN_CRON = `*/${EVERY_MINUTES} * * * *`;

/**
 * When the next run begins.
 * @example nextRun(new Date('2026-01-31T10:03:20Z')) // 2026-01-31T10:10:00Z
 */
export function nextRun(now: Date): Date {
  const everyMs = EVERY_MINUTES * 60_000;
  return new Date((Math.floor(now.getTime() / everyMs) + 1) * everyMs);
}
