import { DatabaseError, QueryResultRow } from 'pg';

import { PreparedBatch } from './prepared-batch';
import { PreparedQuery } from './prepared-query';

type Read = PreparedQuery<QueryResultRow>;

/** A read waits at most for so many others; more of them go over several connections. */
const MOST_TOGETHER = 8;

/**
 * Brings together the reads that requests ask for within one turn of the event loop. Under load that is several; where there is one, it
 * goes as it would have gone.
 */
export class ReadQueue {
  private waiting: Read[] = [];

  constructor(private readonly send: (batch: PreparedBatch, done: (error?: Error | null) => void) => void) {}

  add(read: Read): void {
    // After the turn's input, before the loop waits for more.
    if (this.waiting.push(read) === 1) setImmediate(() => this.sendWaiting());
  }

  private sendWaiting(): void {
    const reads = this.waiting;
    this.waiting = [];
    for (let first = 0; first < reads.length; first += MOST_TOGETHER)
      this.sendTogether(reads.slice(first, first + MOST_TOGETHER));
  }

  private sendTogether(reads: readonly Read[]): void {
    const batch = new PreparedBatch(reads);
    this.send(batch, (error) => {
      if (!error) return;
      // PostgreSQL skipped them with the one it refused, which is no fault of theirs.
      if (error instanceof DatabaseError) for (const read of batch.left) this.sendTogether([read]);
      else for (const read of batch.left) read.handleError(error);
    });
  }
}
