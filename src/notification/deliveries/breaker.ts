/** As many failures in a row, and an endpoint is left alone for a while. */
export const BREAKER_FAILURES = 5;
const FIRST_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 900_000;

/**
 * For how long an endpoint is left alone after so many failed attempts in a row; 0 while it is not. After a pause one attempt is made,
 * and what waits meanwhile uses up none.
 * @example pauseMs(5) // 30_000
 */
export function pauseMs(failures: number): number {
  if (failures < BREAKER_FAILURES) return 0;
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - BREAKER_FAILURES, 16), MAX_PAUSE_MS);
}
