/**
 * Lets work on the same key happen one after the other in this process. `inTurn` answers null, without doing the work,
 * where too many wait already.
 */
export class Turns {
  private readonly lines = new Map<string, { last: Promise<unknown>; length: number }>();

  constructor(private readonly maxWaiting: number) {}

  async inTurn<T>(key: string, work: () => Promise<T>): Promise<T | null> {
    const line = this.lines.get(key) ?? { last: Promise.resolve(), length: 0 };
    if (line.length > this.maxWaiting) return null;
    const mine = line.last.then(work, work);
    line.last = mine.catch(() => undefined);
    line.length += 1;
    this.lines.set(key, line);
    try {
      return await mine;
    } finally {
      line.length -= 1;
      if (line.length === 0) this.lines.delete(key);
    }
  }
}
