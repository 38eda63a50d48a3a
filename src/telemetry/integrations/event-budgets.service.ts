import { Injectable } from '@nestjs/common';

import { DEFAULT_EVENTS_PER_5_MINUTES, EventSender } from './event-sender';
import { TokenBucket } from './token-bucket';

const PERIOD_MS = 300_000;
const MAX_SENDERS = 10_000;

/**
 * How much a sender may send (safety T2): a post, or a batch as one. Each process counts by itself and forgets at its end: what is let
 * through beyond a budget costs little, and counting exactly would cost a statement an alert.
 */
@Injectable()
export class EventBudgets {
  private readonly buckets = new Map<string, TokenBucket>();

  /** Takes one event of a sender's budget; returns the seconds to wait where it is used up, else 0. */
  take({ name, integration }: EventSender): number {
    const now = performance.now();
    const budget = integration?.eventsPer5Minutes ?? DEFAULT_EVENTS_PER_5_MINUTES;
    let bucket = this.buckets.get(name);
    if (bucket?.capacity !== budget) {
      bucket = new TokenBucket(budget, PERIOD_MS, now);
      this.put(name, bucket);
    }
    return Math.ceil(bucket.take(now) / 1_000);
  }

  private put(name: string, bucket: TokenBucket): void {
    this.buckets.delete(name);
    this.buckets.set(name, bucket);
    // A Map keeps the order of insertion: the first is the oldest.
    for (const oldest of this.buckets.keys()) {
      if (this.buckets.size <= MAX_SENDERS) break;
      this.buckets.delete(oldest);
    }
  }
}
