/** Something that runs until it is stopped. */
export interface Running {
  stop(): Promise<void> | void;
}

/** What was started and must be stopped, the latest first, whatever happens. */
export class Belongings {
  private readonly stops: (() => Promise<void> | void)[] = [];

  /** Takes in something that runs, and gives it back. */
  own<T extends Running>(running: T): T {
    this.stops.push(() => running.stop());
    return running;
  }

  /** Something to do on the way out, in its turn. */
  later(task: () => void): void {
    this.stops.push(task);
  }

  /** Stops everything; one that cannot be stopped does not keep the others. Throws  the first error afterwards. */
  async stopAll(): Promise<void> {
    const errors: unknown[] = [];
    for (let stop = this.stops.pop(); stop !== undefined; stop = this.stops.pop()) {
      try {
        await stop();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
