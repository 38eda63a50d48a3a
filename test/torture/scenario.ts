/** What came of a scenario. */
export interface Outcome {
  /** What was done and seen, by name: `{ kills: 5, acknowledged: 612 }`. */
  readonly figures: Readonly<Record<string, number>>;
  /** Each breach of what must hold, in words; none where the goal is met. */
  readonly breaches: readonly string[];
}

/** Told how far a scenario is. */
export type Progress = (done: number, of: number) => void;

export const unheard: Progress = () => undefined;

/** As many breaches as anybody reads; the rest is counted. */
const SHOWN = 20;

/** Breaches as they are found, a bounded number of them kept. */
export class Breaches {
  private readonly kept: string[] = [];
  private count = 0;

  add(...found: readonly string[]): void {
    for (const breach of found) {
      this.count += 1;
      if (this.kept.length < SHOWN) this.kept.push(breach);
    }
  }

  get list(): readonly string[] {
    const rest = this.count - this.kept.length;
    return rest === 0 ? this.kept : [...this.kept, `and ${rest} more`];
  }
}
