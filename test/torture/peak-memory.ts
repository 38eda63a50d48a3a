import { readFileSync } from 'node:fs';

const LOOK_MS = 200;

/** The most memory that a process had, looked at five times a second. */
export class PeakMemory {
  private peakMib = 0;
  private readonly timer = setInterval(() => this.look(), LOOK_MS);

  constructor(private readonly pid: number) {}

  /** The peak since the last time, which begins anew. */
  take(): number {
    this.look();
    const { peakMib } = this;
    this.peakMib = 0;
    return Math.round(peakMib);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    this.peakMib = Math.max(this.peakMib, kib / 1_024);
  }
}
