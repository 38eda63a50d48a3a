import { Injectable } from '@nestjs/common';

import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { SampleBatch } from './batch-codec';
import { joinBatches } from './joined-batch';
import { SampleRepository } from './sample.repository';

/** Statements of live samples under way at once: whatever senders do, the rest of the pool is there for people (safety I18, I19). */
const MAX_UNDER_WAY = 4;
/** Requests that wait meanwhile share a row, up to this many samples: a commit costs the same for one and for thousands. */
const MAX_SHARED = 10_000;
/** Samples that may wait. Who sends more than Postgres takes hears so at once, instead of filling the memory. */
const MAX_WAITING = 500_000;

interface Waiting {
  readonly batch: SampleBatch;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes live samples: what one call brings is stored whole or not at all, in a row of its own or one it shares. */
@Injectable()
export class SampleWriter {
  private readonly queue: Waiting[] = [];
  private waitingSamples = 0;
  private underWay = 0;

  constructor(
    private readonly samples: SampleRepository,
    private readonly database: Database,
  ) {}

  /** Returns once the batch has committed. Throws DomainError `unavailable` where too much waits already. */
  async write(batch: SampleBatch): Promise<void> {
    if (this.waitingSamples > MAX_WAITING)
      throw new DomainError(
        'unavailable',
        'telemetry/overloaded',
        'More samples arrive than can be stored; try again',
        { retryAfterSeconds: 2 },
      );
    await new Promise<void>((done, failed) => {
      this.queue.push({ batch, done, failed });
      this.waitingSamples += batch.values.length;
      this.next();
    });
  }

  private next(): void {
    while (this.underWay < MAX_UNDER_WAY && this.queue.length > 0) {
      this.underWay += 1;
      void this.store(this.take()).finally(() => {
        this.underWay -= 1;
        this.next();
      });
    }
  }

  /** The requests that have waited longest, as many as share a row. */
  private take(): Waiting[] {
    let count = 0;
    let samples = 0;
    do samples += this.queue[count++].batch.values.length;
    while (count < this.queue.length && samples + this.queue[count].batch.values.length <= MAX_SHARED);
    this.waitingSamples -= samples;
    return this.queue.splice(0, count);
  }

  private async store(requests: readonly Waiting[]): Promise<void> {
    try {
      const batch = joinBatches(requests.map(({ batch }) => batch));
      // The row belongs to several callers, and to no transaction of one of them.
      await this.database.apart(() => this.samples.insert('live', batch));
      for (const { done } of requests) done();
    } catch (error) {
      for (const { failed } of requests) failed(error);
    }
  }
}
