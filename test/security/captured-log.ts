import { LOG_WAIT_MS } from '../../src/observability/log-output';

/** Everything that the product writes to standard output from now on; what others print still gets there. */
export class CapturedLog {
  /** One record each. */
  readonly lines: string[] = [];
  private readonly spy: jest.SpyInstance;

  constructor() {
    const write = process.stdout.write.bind(process.stdout);
    this.spy = jest.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
      if (typeof chunk !== 'string' || !chunk.startsWith('{')) return write(chunk, ...(rest as []));
      this.lines.push(...chunk.split(/(?<=\n)/));
      return true;
    });
  }

  get text(): string {
    return this.lines.join('');
  }

  /** Waits until what was logged so far is written. A request's line comes a turn after its answer; timers of one length end in their order. */
  async flushed(): Promise<void> {
    await new Promise((resolve) => setImmediate(() => setTimeout(resolve, LOG_WAIT_MS)));
  }

  stop(): void {
    this.spy.mockRestore();
  }
}
