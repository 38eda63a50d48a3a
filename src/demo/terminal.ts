import { styleText } from 'node:util';

/** Where nobody can see a line change, progress that takes longer than this is a line now and then. */
const PLAIN_PROGRESS_MS = 15_000;
const DEFAULT_COLUMNS = 100;

type Style = Parameters<typeof styleText>[0];

/** Lines that stay, and below them one line that shows how far it is. Without a TTY everything is plain lines. */
export class Terminal {
  private live = '';
  private plainProgressMs: number | null = null;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  get columns(): number {
    return this.out.columns ?? DEFAULT_COLUMNS;
  }

  /** Coloured where colours are seen and wanted. */
  style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.out });
  }

  /** Writes lines that stay. */
  say(...lines: readonly string[]): void {
    this.erase();
    for (const line of lines) this.out.write(`${line}\n`);
    this.draw();
  }

  /** Shows, in the last line, how far it is; without a TTY every quarter of a minute. */
  progress(text: string): void {
    if (!this.out.isTTY) {
      this.plainProgressMs ??= Date.now();
      if (Date.now() - this.plainProgressMs < PLAIN_PROGRESS_MS) return;
      this.plainProgressMs = Date.now();
      this.out.write(`${text}\n`);
      return;
    }
    this.erase();
    this.live = text.slice(0, this.columns - 1);
    this.draw();
  }

  /** The progress is over; `line` says what came of it. */
  settle(...lines: readonly string[]): void {
    this.erase();
    this.live = '';
    this.plainProgressMs = null;
    this.say(...lines);
  }

  private erase(): void {
    if (this.live !== '') this.out.write('\r\x1b[2K');
  }

  private draw(): void {
    if (this.live !== '') this.out.write(this.live);
  }
}
