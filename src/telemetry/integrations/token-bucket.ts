/**
 * How much may come at once, and how fast it may come for ever: full at first, a token for each event, refilled evenly.
 * @example new TokenBucket(300, 300_000, 0).take(0) // 0: there is room
 */
export class TokenBucket {
  private tokens: number;

  constructor(
    readonly capacity: number,
    /** How long an empty bucket takes to fill. */
    private readonly fillMs: number,
    private filledAtMs: number,
  ) {
    this.tokens = capacity;
  }

  /** Takes a token; returns the milliseconds until there is one again where there is none, else 0. */
  take(nowMs: number): number {
    const earned = (Math.max(0, nowMs - this.filledAtMs) / this.fillMs) * this.capacity;
    this.tokens = Math.min(this.capacity, this.tokens + earned);
    this.filledAtMs = Math.max(this.filledAtMs, nowMs);
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return 0;
    }
    return ((1 - this.tokens) / this.capacity) * this.fillMs;
  }
}
