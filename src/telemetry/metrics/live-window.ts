const HOUR_MS = 3_600_000;
/** A live sample is of the last day; what is older is an import. */
const MAX_AGE_MS = 24 * HOUR_MS;
/** A sender's clock may be ahead. */
const MAX_AHEAD_MS = 600_000;

/** The times that a live sample may have, both ends included. */
export interface LiveWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** For what is not stored but looked at. */
export const ANY_TIME: LiveWindow = { fromMs: -Infinity, toMs: Infinity };

/** @example liveWindow(Date.UTC(2026, 0, 2)).fromMs // Date.UTC(2026, 0, 1) */
export function liveWindow(nowMs: number): LiveWindow {
  return { fromMs: nowMs - MAX_AGE_MS, toMs: nowMs + MAX_AHEAD_MS };
}

/** Why a live sample cannot have a time, or null where it can. */
export function windowBreach(timeMs: number, { fromMs, toMs }: LiveWindow): string | null {
  if (timeMs < fromMs)
    return 'timestamp is more than 24 hours ago; send old data to POST /api/telemetry/imports';
  if (timeMs > toMs) return 'timestamp is more than 10 minutes ahead';
  return null;
}
