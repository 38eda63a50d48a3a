import { Injectable } from '@nestjs/common';

import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { GroupCommit } from '../../database/group-commit';
import { SampleBatch } from './batch-codec';
import { joinBatches } from './joined-batch';
import { SampleRepository } from './sample.repository';

/** In samples. */
const LIMITS = { underWay: 4, shared: 10_000, waiting: 500_000 };

/** Writes live samples: what one call brings is stored whole or not at all, in a row of its own or one it shares. */
@Injectable()
export class SampleWriter {
  private readonly group = new GroupCommit<SampleBatch>(LIMITS, (batches) =>
    // The row belongs to several callers, and to no transaction of one of them.
    this.database.apart(() => this.samples.insert('live', joinBatches(batches))),
  );

  constructor(
    private readonly samples: SampleRepository,
    private readonly database: Database,
  ) {}

  /** Returns once the batch has committed. Throws DomainError `unavailable` where too much waits already. */
  async write(batch: SampleBatch): Promise<void> {
    if (this.group.isFull)
      throw new DomainError(
        'unavailable',
        'telemetry/overloaded',
        'More samples arrive than can be stored; try again',
        { retryAfterSeconds: 2 },
      );
    await this.group.add(batch, batch.values.length);
  }
}
