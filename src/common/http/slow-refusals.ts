/** Well within the second in which a sender is to hear that it is too much (safety I18). */
const HOLD_MS = 300;
/** Each holds its connection and what has arrived of its body. */
const MAX_HELD = 1_000;

/**
 * Tells a refusal only after a while. A sender that tries again at once, whatever it is told, then costs a few refusals a second for each of its
 * connections instead of thousands, and the process has its time for those whom it serves. Past a number of them refusals are told at once.
 */
export class SlowRefusals {
  private held = 0;

  constructor(private readonly holdMs = HOLD_MS) {}

  /** What the work gives, at once; what it throws, later. */
  async refuse<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      await this.hold();
      throw error;
    }
  }

  private async hold(): Promise<void> {
    if (this.held >= MAX_HELD) return;
    this.held += 1;
    try {
      await new Promise((resolve) => setTimeout(resolve, this.holdMs).unref());
    } finally {
      this.held -= 1;
    }
  }
}
