/** What a counter's rate depends on: the latest reading, NaN before the first one. */
export interface CounterRateState {
  readonly atMs: number | null;
  readonly total: number | null;
}

/**
 * Turns readings of a counter (a total that only grows, until its process restarts) into a rate.
 * Units   Per second.
 * Gaps    NaN for the first reading, for a fall (a reset: how much was counted in between is unknown), for a reading that is not
 *         finite, and for a time that is not later than the latest one. A missing reading leaves the latest one standing.
 * @example readings 10 at 0 s, 40 at 10 s, 5 at 20 s, 25 at 30 s give NaN, 3, NaN, 2
 */
export class CounterRate {
  private atMs = NaN;
  private total = NaN;

  static restore(state: CounterRateState): CounterRate {
    const rate = new CounterRate();
    rate.atMs = state.atMs ?? NaN;
    rate.total = state.total ?? NaN;
    return rate;
  }

  perSecond(timeMs: number, total: number): number {
    if (!Number.isFinite(total) || !Number.isFinite(timeMs) || timeMs <= this.atMs) return NaN;
    const grown = total - this.total;
    const seconds = (timeMs - this.atMs) / 1000;
    this.atMs = timeMs;
    this.total = total;
    return grown >= 0 ? grown / seconds : NaN;
  }

  save(): CounterRateState {
    return Number.isNaN(this.atMs) ? { atMs: null, total: null } : { atMs: this.atMs, total: this.total };
  }
}
