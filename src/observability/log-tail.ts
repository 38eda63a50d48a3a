/** Keeps the last lines that were logged, for `GET /monitoring/logs`. Bounded in lines and in bytes a line. */
export class LogTail {
  private readonly lines: string[] = [];

  constructor(
    private readonly capacity = 500,
    private readonly maxLineLength = 4_000,
  ) {}

  write(line: string): void {
    this.lines.push(line.length > this.maxLineLength ? line.slice(0, this.maxLineLength) : line);
    if (this.lines.length > this.capacity) this.lines.shift();
  }

  /** The newest `count` lines, oldest first. */
  last(count: number): string[] {
    return this.lines.slice(-count).map((line) => line.trimEnd());
  }
}
