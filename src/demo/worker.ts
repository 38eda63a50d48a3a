const LEAK_EVERY_MS = 100;
const BYTES_PER_MB = 1024 * 1024;

/**
 * The part of the service that can leak. It holds what leaked, so that stopping it is what ends a leak; the worker after it begins with
 * nothing.
 */
export class Worker {
  private readonly kept: Buffer[] = [];
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(leakMbPerSecond: number) {
    const bytes = Math.round((leakMbPerSecond * BYTES_PER_MB * LEAK_EVERY_MS) / 1_000);
    // Filled, because memory that nobody has written to is only promised.
    if (bytes > 0) this.timer = setInterval(() => this.kept.push(Buffer.alloc(bytes, 1)), LEAK_EVERY_MS);
  }

  get keptMb(): number {
    return this.kept.reduce((sum, { length }) => sum + length, 0) / BYTES_PER_MB;
  }

  /** Lets go of what leaked, and has it collected now: a garbage collector may wait until somebody needs the room. */
  stop(): void {
    clearInterval(this.timer);
    this.kept.length = 0;
    globalThis.gc?.();
  }
}
