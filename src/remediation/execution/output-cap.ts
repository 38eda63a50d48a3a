import { plainLine } from './plain-text';

const MAX_LINE = 1_000;

/**
 * Takes what a program prints and keeps the first part of it: lines as they are complete, until the cap is reached; what comes after is
 * counted and let go, so that a program that never stops printing costs nothing.
 */
export class OutputCap {
  private readonly decoder = new TextDecoder();
  private pending = '';
  private bytes = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly onLine: (line: string) => void,
  ) {}

  get isCut(): boolean {
    return this.bytes > this.maxBytes;
  }

  write(chunk: Uint8Array): void {
    const left = Math.max(0, this.maxBytes - this.bytes);
    this.bytes += chunk.length;
    if (left === 0) return;
    this.pending += this.decoder.decode(chunk.subarray(0, left), { stream: true });
    const lines = this.pending.split('\n');
    this.pending = lines.pop() ?? '';
    for (const line of lines) this.tell(line);
  }

  /** Tells what is left of a last line, and how much was let go. */
  end(): void {
    if (this.pending !== '') this.tell(this.pending);
    this.pending = '';
    if (this.isCut) this.onLine(`… ${this.bytes - this.maxBytes} more bytes of output were not kept`);
  }

  private tell(line: string): void {
    const plain = plainLine(line, MAX_LINE);
    if (plain !== '') this.onLine(plain);
  }
}
