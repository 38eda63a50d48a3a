interface Entry<Value> {
  readonly value: Promise<Value>;
  readonly until: number;
}

/**
 * Remembers for a short time what was looked up, so that a busy caller does not cost a query a request. Callers who come
 * while a look-up runs share it; one that fails is forgotten at once. Ages by a monotonic clock, which nobody can set.
 */
export class ShortCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();

  constructor(
    private readonly seconds: number,
    private readonly capacity = 10_000,
    private readonly elapsedMs: () => number = () => performance.now(),
  ) {}

  /** The value under a key, looked up where it is not known or too old. */
  async get(key: string, lookUp: () => Promise<Value>): Promise<Value> {
    const now = this.elapsedMs();
    const known = this.entries.get(key);
    if (known !== undefined && known.until > now) return known.value;
    const entry = { value: lookUp(), until: now + this.seconds * 1_000 };
    this.put(key, entry);
    try {
      return await entry.value;
    } catch (error) {
      if (this.entries.get(key) === entry) this.entries.delete(key);
      throw error;
    }
  }

  forget(key: string): void {
    this.entries.delete(key);
  }

  forgetAll(): void {
    this.entries.clear();
  }

  private put(key: string, entry: Entry<Value>): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    // A Map keeps the order of insertion: the first is the oldest.
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.capacity) break;
      this.entries.delete(oldest);
    }
  }
}
