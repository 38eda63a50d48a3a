import { Injectable } from '@nestjs/common';

import { within } from '../common/time/within';
import { JobsService, QueueSummary } from '../jobs/jobs.service';
import { Remembered } from './remembered';

const FRESH_FOR_MS = 10_000;
/** Whoever asks wants an answer about the whole product; one part of it must not hold that up. */
const LIMIT_MS = 1_000;

/** How many jobs wait, fail and died in each queue, for all who watch: counted at most every ten seconds. */
@Injectable()
export class QueueCounts {
  private readonly counts: Remembered<QueueSummary[]>;

  constructor(jobs: JobsService) {
    this.counts = new Remembered(() => jobs.listQueues(), FRESH_FOR_MS);
  }

  /** Null where they cannot be counted at present. A count that hangs is waited for, not begun again. */
  find(): Promise<QueueSummary[] | null> {
    return within(this.counts.get(), LIMIT_MS).catch(() => null);
  }

  /** The same, counted now. */
  findNow(): Promise<QueueSummary[] | null> {
    return within(this.counts.refresh(), LIMIT_MS).catch(() => null);
  }
}
