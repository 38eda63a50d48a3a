import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { Metrics } from '../../observability/metrics';
import { Sample, SAMPLE_CLASSES, SampleClass } from '../telemetry.types';
import type { SampleBatch } from './batch-codec';
import { SampleRepository } from './sample.repository';
import { SampleFeed } from './sample-feed.service';
import { SampleWriter } from './sample-writer.service';
import { SeriesRegistry } from './series-registry.service';

/** The one way in for samples, whatever brought them. */
@Injectable()
export class IngestService {
  private readonly ingested = this.metrics.counter('telemetry_samples_ingested_total', 'Samples stored', {
    name: 'class',
    values: SAMPLE_CLASSES,
  });

  constructor(
    private readonly registry: SeriesRegistry,
    private readonly samples: SampleRepository,
    private readonly writer: SampleWriter,
    private readonly feed: SampleFeed,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Stores samples durably, as one row; when this returns they have committed (where no transaction is open around it).
   * Throws InvalidLabels, and DomainError `too_many` where too many series are new.
   */
  async ingest(samples: readonly Sample[], sampleClass: SampleClass = 'live'): Promise<number> {
    if (samples.length === 0) return 0;
    const seriesIds = await this.registry.resolve(samples, this.clock.now().getTime());
    await this.store(sampleClass, {
      seriesIds,
      timesMs: samples.map(({ timeMs }) => timeMs),
      values: Float64Array.from(samples, ({ value }) => value),
    });
    return samples.length;
  }

  /** Stores samples of registered series, as `ingest` does. Throws DomainError `unavailable` where too much waits already. */
  async store(sampleClass: SampleClass, batch: SampleBatch): Promise<void> {
    // What an import brings belongs to its transaction; live samples share rows with whoever else is waiting.
    if (sampleClass === 'live' && !this.database.inTransaction) await this.writer.write(batch);
    else await this.samples.insert(sampleClass, batch);
    this.database.afterCommit(() => {
      this.ingested.inc({ class: sampleClass }, batch.values.length);
      this.feed.wake();
    });
  }

  /** The series' id, registering it where it is new. Throws InvalidLabels. */
  async register(sample: Sample): Promise<number> {
    return (await this.registry.resolve([sample], this.clock.now().getTime()))[0];
  }
}
