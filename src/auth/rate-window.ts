/** A limit counts within windows of this length, which begin with each full minute of the database's clock. */
export const WINDOW_SECONDS = 60;

/** The window of a moment: the epoch seconds at which it began. */
export function windowOf(epochSeconds: number): number {
  return Math.floor(epochSeconds / WINDOW_SECONDS) * WINDOW_SECONDS;
}

/** How a caller stands with a limit after a request. */
export interface RateStanding {
  readonly isAdmitted: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Epoch seconds at which everything is free again. */
  readonly resetAt: number;
  /** Until then, in whole seconds; at least one. */
  readonly waitSeconds: number;
}

/**
 * A standing in a window.
 * @example rateStanding(true, 100, 99, 1_200, 1_234.5).waitSeconds // 26
 */
export function rateStanding(
  isAdmitted: boolean,
  limit: number,
  remaining: number,
  window: number,
  epochSeconds: number,
): RateStanding {
  const resetAt = window + WINDOW_SECONDS;
  return {
    isAdmitted,
    limit,
    remaining,
    resetAt,
    waitSeconds: Math.max(1, Math.ceil(resetAt - epochSeconds)),
  };
}
