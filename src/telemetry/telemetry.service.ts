import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { DomainError } from '../common/errors/domain-error';
import { PageRequest, paginate, Pagination } from '../common/http/pagination';
import { Clock } from '../common/time/clock';
import { Database } from '../database/database';
import { EventsService } from '../events/events.service';
import { SeriesSamples } from './metrics/chunk-codec';
import { type Labels, seriesTitle } from './metrics/labels';
import { SampleRepository } from './metrics/sample.repository';
import { SampleFeed } from './metrics/sample-feed.service';
import { SeriesRepository } from './metrics/series.repository';
import { SeriesRegistry } from './metrics/series-registry.service';
import { SampleConsumer } from './sample-consumer.port';
import { BatchPosition, Sample, SampleClass, Series } from './telemetry.types';

export class SeriesNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'telemetry/series-not-found', `Series with ID ${id} not found`);
  }
}

/** The face of telemetry: samples in, series and their samples out, and the hand-over to detection. */
@Injectable()
export class TelemetryService {
  constructor(
    private readonly registry: SeriesRegistry,
    private readonly series: SeriesRepository,
    private readonly samples: SampleRepository,
    private readonly feed: SampleFeed,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly events: EventsService,
    private readonly clock: Clock,
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
    this.database.afterCommit(() => this.feed.wake());
    return samples.length;
  }

  /** The series' id, registering it where it is new. Throws InvalidLabels. */
  async register(sample: Sample): Promise<number> {
    return (await this.registry.resolve([sample], this.clock.now().getTime()))[0];
  }

  /** Throws SeriesNotFound. */
  async getSeries(id: number): Promise<Series> {
    const series = await this.series.find(id);
    if (series === null) throw new SeriesNotFound(id);
    return series;
  }

  /** Those of these series that exist. */
  findSeries(ids: readonly number[]): Promise<Series[]> {
    return this.series.findMany(ids);
  }

  /** A series as people write it: `http_requests_total{code="500"}`. */
  titleOf({ name, labels }: Pick<Series, 'name' | 'labels'>): string {
    return seriesTitle(name, labels);
  }

  async listSeries(filter: { name?: string; search?: string; labels?: Labels }, request: PageRequest): Promise<{ series: Series[]; pagination: Pagination }> {
    const [series, total] = await this.series.list(filter, request);
    return { series, pagination: paginate(request, total) };
  }

  /** One series' samples in [fromMs, toMs), oldest first; sees everything that was acknowledged before. */
  readRange(seriesId: number, fromMs: number, toMs: number): Promise<SeriesSamples> {
    return this.samples.readRange(seriesId, fromMs, toMs);
  }

  /** Removes a series with its samples. Throws SeriesNotFound. Publishes series.deleted. */
  async deleteSeries(id: number): Promise<void> {
    await this.database.run(async () => {
      const series = await this.getSeries(id);
      await this.samples.deleteSeries(id);
      await this.series.delete(id);
      await this.audit.record({ action: 'series.deleted', subjectType: 'series', subjectId: id, before: { name: series.name, labels: series.labels } });
      await this.events.publish('series.deleted', { seriesId: id });
    });
    this.registry.forget(id);
  }

  /** Registers a consumer of stored batches; before the application starts. */
  consume(consumer: SampleConsumer): void {
    this.feed.register(consumer);
  }

  /** Records, in the consumer's own transaction, how far it has come; batches up to the slowest cursor may be compacted. */
  advance(reader: string, position: BatchPosition): Promise<void> {
    return this.samples.advance(reader, position);
  }

  findCursor(reader: string): Promise<BatchPosition | null> {
    return this.samples.findCursor(reader);
  }
}
