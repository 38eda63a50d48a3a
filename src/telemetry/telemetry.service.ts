import { Injectable } from '@nestjs/common';

import { PageRequest, Pagination } from '../common/http/pagination';
import { AlertConsumer } from './alert-consumer.port';
import { AlertFeed } from './alerts/alert-feed.service';
import { AlertListService } from './alerts/alert-list.service';
import { seriesTitle } from './metrics/labels';
import { SampleRepository } from './metrics/sample.repository';
import { SampleFeed } from './metrics/sample-feed.service';
import { SeriesFilter, SeriesService } from './metrics/series.service';
import { SampleConsumer } from './sample-consumer.port';
import { AlertView, BatchPosition, Series } from './telemetry.types';

/** The face of telemetry for the domains after it: series, and the hand-over of stored samples and of alerts. */
@Injectable()
export class TelemetryService {
  constructor(
    private readonly series: SeriesService,
    private readonly samples: SampleRepository,
    private readonly feed: SampleFeed,
    private readonly alertFeed: AlertFeed,
    private readonly alerts: AlertListService,
  ) {}

  /** Throws SeriesNotFound. */
  getSeries(id: number): Promise<Series> {
    return this.series.get(id);
  }

  /** Those of these series that exist. */
  findSeries(ids: readonly number[]): Promise<Series[]> {
    return this.series.findMany(ids);
  }

  listSeries(
    filter: SeriesFilter,
    request: PageRequest,
  ): Promise<{ series: Series[]; pagination: Pagination }> {
    return this.series.list(filter, request);
  }

  /** A series as people write it: `http_requests_total{code="500"}`. */
  titleOf({ name, labels }: Pick<Series, 'name' | 'labels'>): string {
    return seriesTitle(name, labels);
  }

  /** Registers a consumer of stored batches; before the application starts. */
  consume(consumer: SampleConsumer): void {
    this.feed.register(consumer);
  }

  /** Registers a consumer of what changes alerts. */
  consumeAlerts(consumer: AlertConsumer): void {
    this.alertFeed.register(consumer);
  }

  /** Throws AlertNotFound. */
  getAlert(id: number): Promise<AlertView> {
    return this.alerts.get(id);
  }

  /** The silences in force that keep alerts with these labels quiet. */
  listSilencesOn(labels: Readonly<Record<string, string>>): Promise<string[]> {
    return this.alerts.listSilencesOn(labels);
  }

  /** Records, in the consumer's own transaction, how far it has come; batches up to the slowest cursor may be compacted. */
  advance(reader: string, position: BatchPosition): Promise<void> {
    return this.samples.advance(reader, position);
  }

  findCursor(reader: string): Promise<BatchPosition | null> {
    return this.samples.findCursor(reader);
  }
}
