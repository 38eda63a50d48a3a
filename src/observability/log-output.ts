/** How long a line may wait for others. */
export const LOG_WAIT_MS = 10;

/**
 * Standard output, written a hundred times a second at most: a line a request would be a system call a request. Whatever ends the
 * process in order writes what is left; a killed process loses its last ten milliseconds.
 */
export class LogOutput {
  private pending = '';

  constructor(
    private readonly writeOut: (text: string) => void = (text) => void process.stdout.write(text),
    private readonly schedule: (flush: () => void) => void = (flush) =>
      void setTimeout(flush, LOG_WAIT_MS).unref(),
  ) {
    process.on('exit', () => this.flush());
  }

  write(line: string): void {
    if (this.pending === '') this.schedule(() => this.flush());
    this.pending += line;
  }

  private flush(): void {
    if (this.pending === '') return;
    const text = this.pending;
    this.pending = '';
    this.writeOut(text);
  }
}
