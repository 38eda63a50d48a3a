import type { Log } from '../observability/log';
import { Feed, FeedReader } from './feed-reader';
import type { Leadership } from './leadership';

/** The readers of one kind of feed, by name: of each, one process at a time reads. */
export class FeedReaders {
  private readonly readers = new Map<string, FeedReader>();
  private isStarted = false;

  constructor(
    /** What the offices of these readers begin with. */
    private readonly kind: string,
    private readonly leadership: Leadership,
    private readonly log: Log,
  ) {}

  /** Reads from now on, or from `start` on. */
  add(name: string, feed: Feed): void {
    const reader = new FeedReader(feed, this.log);
    this.readers.set(name, reader);
    if (this.isStarted) this.leadership.campaign(`${this.kind}.${name}`, reader);
  }

  /** To be called once the application has started, in a process that may read. */
  start(): void {
    this.isStarted = true;
    for (const [name, reader] of this.readers) this.leadership.campaign(`${this.kind}.${name}`, reader);
  }

  /** There is something new; what another process stored is found by the poll. */
  wake(): void {
    for (const reader of this.readers.values()) reader.wake();
  }
}
