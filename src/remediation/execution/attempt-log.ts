/** How many lines one attempt may add to the log, and how long each may be. */
const MAX_LINES = 1_000;
const MAX_LINE = 2_000;

/**
 * What an attempt says while it runs, gathered so that many lines cost one statement. Past its limit it says once that it was cut.
 * `write` gets what has gathered; lines that it could not write are tried again with the next.
 */
export class AttemptLog {
  private waiting: string[] = [];
  private told = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly write: (lines: readonly string[]) => Promise<void>) {}

  add(line: string): void {
    this.told += 1;
    if (this.told < MAX_LINES) this.waiting.push(line.slice(0, MAX_LINE));
    else if (this.told === MAX_LINES)
      this.waiting.push(`(more than ${MAX_LINES} lines: the rest is not kept)`);
  }

  /** Writes what has gathered, after what is being written. Never throws: a log that cannot be written stops nothing. */
  flush(): Promise<void> {
    this.writing = this.writing.then(async () => {
      const lines = this.waiting;
      if (lines.length === 0) return;
      this.waiting = [];
      await this.write(lines).catch(() => {
        this.waiting = [...lines, ...this.waiting];
      });
    });
    return this.writing;
  }
}
