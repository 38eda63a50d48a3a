import { HostReading } from '../observability/host-reading';

/** One look at the machine, and when. */
export interface SystemReading {
  readonly at: Date;
  readonly host: HostReading;
}

/** The newest readings, oldest first, in bounded memory: a full ring writes over its oldest reading. */
export class SystemHistory {
  private readonly ring: SystemReading[] = [];
  private oldest = 0;

  constructor(private readonly capacity: number) {}

  add(reading: SystemReading): void {
    if (this.ring.length < this.capacity) {
      this.ring.push(reading);
      return;
    }
    this.ring[this.oldest] = reading;
    this.oldest = (this.oldest + 1) % this.capacity;
  }

  /** The newest reading, or null before the first. */
  findNewest(): SystemReading | null {
    return this.ring.at(this.oldest - 1) ?? null;
  }

  /** The readings of `[from, to)`, oldest first. */
  between(from: Date, to: Date): SystemReading[] {
    const ordered = [...this.ring.slice(this.oldest), ...this.ring.slice(0, this.oldest)];
    return ordered.filter(({ at }) => at >= from && at < to);
  }
}

/**
 * At most `most` items of a list, evenly spaced, the last one always among them.
 * @example thin([1, 2, 3, 4, 5, 6], 3) // [2, 4, 6]
 */
export function thin<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items];
  const step = items.length / most;
  return Array.from({ length: most }, (_, index) => items[Math.ceil((index + 1) * step) - 1]);
}
