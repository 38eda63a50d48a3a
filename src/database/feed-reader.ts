import type { Log } from '../observability/log';
import type { Candidate } from './leadership';

const POLL_MS = 500;
const RETRY_MS = 1_000;

/** Something that is handed over in commit order, once: what is done with it and how far that has come are of one transaction. */
export interface Feed {
  /** What a failure is called in the log: `handing over changes of alerts`. */
  readonly title: string;
  /** Gives the reader its place, where it has none yet. */
  open(): Promise<void>;
  /** Whether there is something to hand over; costs no lock, so that an idle reader leaves no trace. */
  isBehind(): Promise<boolean>;
  /** Hands the next piece over, and moves the place behind it. */
  handOver(): Promise<void>;
}

/**
 * Reads a feed while this process holds the office for it. It reads tables and not requests, so that what was stored before a crash is
 * handed over after it; where handing over fails nothing is lost, since the place has not moved.
 */
export class FeedReader implements Candidate {
  private running: Promise<void> | null = null;
  private active = false;
  private wakeUp: (() => void) | null = null;
  private woken = false;

  constructor(
    private readonly feed: Feed,
    private readonly log: Log,
  ) {}

  async elected(): Promise<void> {
    await this.feed.open();
    this.active = true;
    this.running = this.loop();
  }

  async deposed(): Promise<void> {
    this.active = false;
    this.wake();
    await this.running;
  }

  /** There is something new; what another process stored is found by the poll. */
  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  private async loop(): Promise<void> {
    while (this.active) {
      this.woken = false;
      try {
        if (await this.feed.isBehind()) await this.feed.handOver();
        else if (!this.woken) await this.wait(POLL_MS);
      } catch (error) {
        if (this.active) this.log.error(error, `${this.feed.title} failed; trying again`);
        await this.wait(RETRY_MS);
      }
    }
  }

  private async wait(ms: number): Promise<void> {
    if (!this.active) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = null;
  }
}
