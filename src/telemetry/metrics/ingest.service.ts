import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { Metrics } from '../../observability/metrics';
import { Sample, SAMPLE_CLASSES, SampleClass } from '../telemetry.types';
import { SampleRepository } from './sample.repository';
import { SampleFeed } from './sample-feed.service';
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
    await this.samples.insert(sampleClass, {
      seriesIds,
      timesMs: samples.map(({ timeMs }) => timeMs),
      values: Float64Array.from(samples, ({ value }) => value),
    });
    this.database.afterCommit(() => {
      this.ingested.inc({ class: sampleClass }, samples.length);
      this.feed.wake();
    });
    return samples.length;
  }

  /** The series' id, registering it where it is new. Throws InvalidLabels. */
  async register(sample: Sample): Promise<number> {
    return (await this.registry.resolve([sample], this.clock.now().getTime()))[0];
  }
}
