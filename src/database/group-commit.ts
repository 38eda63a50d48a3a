interface Waiting<Item> {
  readonly item: Item;
  readonly size: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** The bounds of a group commit, in what the items' sizes count. */
export interface GroupLimits {
  /**
   * Stores under way at once: whatever senders do, the rest of the pool is there for people (safety I18, I19). A second begins beside the first
   * only when a whole share waits: until then those who come share the next one, and each commit serves more of them.
   */
  readonly underWay: number;
  /** Items that wait share a store up to this size: a commit costs the same for one and for hundreds. A larger one goes alone. */
  readonly shared: number;
  /** What may wait. Who sends more than Postgres takes hears so at once, instead of filling the memory. */
  readonly waiting: number;
}

/** Stores what callers bring at the same time together; each is answered when the store it shares has committed, or failed. */
export class GroupCommit<Item> {
  private readonly queue: Waiting<Item>[] = [];
  private waitingSize = 0;
  private underWay = 0;

  constructor(
    private readonly limits: GroupLimits,
    private readonly store: (items: readonly Item[]) => Promise<void>,
  ) {}

  /** Whether more waits than may. */
  get isFull(): boolean {
    return this.waitingSize > this.limits.waiting;
  }

  /** Returns once the item is stored; throws what its store threw. */
  add(item: Item, size: number): Promise<void> {
    return new Promise<void>((done, failed) => {
      this.queue.push({ item, size, done, failed });
      this.waitingSize += size;
      this.next();
    });
  }

  private next(): void {
    while (this.hasRoom && this.queue.length > 0) {
      this.underWay += 1;
      void this.storeTogether(this.take()).finally(() => {
        this.underWay -= 1;
        this.next();
      });
    }
  }

  private get hasRoom(): boolean {
    const { underWay, shared } = this.limits;
    return this.underWay === 0 || (this.underWay < underWay && this.waitingSize >= shared);
  }

  /** Those that have waited longest, as many as share a store. */
  private take(): Waiting<Item>[] {
    let count = 0;
    let size = 0;
    do size += this.queue[count++].size;
    while (count < this.queue.length && size + this.queue[count].size <= this.limits.shared);
    this.waitingSize -= size;
    return this.queue.splice(0, count);
  }

  private async storeTogether(group: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.store(group.map(({ item }) => item));
      for (const { done } of group) done();
    } catch (error) {
      for (const { failed } of group) failed(error);
    }
  }
}
