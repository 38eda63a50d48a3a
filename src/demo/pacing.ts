/** Behind by more than this, the missed requests are left out instead of being sent all at once. */
const LARGEST_BACKLOG_MS = 1_000;

/** When requests are sent. */
export interface Pace {
  readonly requestsPerSecond: number;
  /** 0 is a metronome; 0.3 lets each gap differ by up to 30 % either way. */
  readonly jitterFraction: number;
}

/**
 * When the request after one that was due at `dueMs` is due.
 * The plan does not wait for answers (open loop): people do not send less because the service got slow. Late timers do not lower the
 * rate, since the plan goes on from the due time; only after a long pause (a sleeping laptop) does it begin again from now.
 * Units   Milliseconds on one clock; chance 0..1.
 * @example nextDueMs({ requestsPerSecond: 20, jitterFraction: 0 }, 1_000, 1_004, 0.5) // 1050
 */
export function nextDueMs(
  { requestsPerSecond, jitterFraction }: Pace,
  dueMs: number,
  nowMs: number,
  chance: number,
): number {
  const gapMs = (1_000 / requestsPerSecond) * (1 + jitterFraction * (2 * chance - 1));
  const from = nowMs - dueMs > LARGEST_BACKLOG_MS ? nowMs : dueMs;
  return from + gapMs;
}
