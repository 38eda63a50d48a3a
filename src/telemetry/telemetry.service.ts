import { Injectable } from '@nestjs/common';

import { PageRequest, Pagination } from '../common/http/pagination';
import { Clock } from '../common/time/clock';
import { AlertConsumer } from './alert-consumer.port';
import { AlertFeed } from './alerts/alert-feed.service';
import { AlertListService } from './alerts/alert-list.service';
import { compileMatchers, isMatched } from './alerts/silence';
import { SilenceService } from './alerts/silence.service';
import { ChangeEventService } from './changes/change-event.service';
import { LabelMatcher, METRIC_NAME } from './metrics/label-matcher';
import { seriesTitle } from './metrics/labels';
import { parseMatcher } from './metrics/matcher-text';
import { SampleRepository } from './metrics/sample.repository';
import { SampleFeed } from './metrics/sample-feed.service';
import { SampleQueryService } from './metrics/sample-query.service';
import { SeriesFilter, SeriesService } from './metrics/series.service';
import { SampleConsumer } from './sample-consumer.port';
import {
  ActiveSilence,
  AlertView,
  BatchPosition,
  LabelCondition,
  LabelPredicate,
  Series,
  SeriesGroupPlace,
  SeriesGroupView,
  SettlingChange,
  SettlingTerms,
} from './telemetry.types';

/** The face of telemetry for the domains after it: series, and the hand-over of stored samples and of alerts. */
@Injectable()
export class TelemetryService {
  constructor(
    private readonly series: SeriesService,
    private readonly samples: SampleRepository,
    private readonly feed: SampleFeed,
    private readonly alertFeed: AlertFeed,
    private readonly alerts: AlertListService,
    private readonly silences: SilenceService,
    private readonly changes: ChangeEventService,
    private readonly queries: SampleQueryService,
    private readonly clock: Clock,
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

  /** The latest value of each series of a metric with these labels that has one within so many seconds. Throws QueryTooWide. */
  async latestValues(
    name: string,
    labels: Readonly<Record<string, string>>,
    seconds: number,
  ): Promise<number[]> {
    const matchers = Object.entries({ ...labels, [METRIC_NAME]: name }).map(
      ([label, value]) => new LabelMatcher(label, '=', value),
    );
    const toMs = this.clock.now().getTime() + 1;
    const range = { fromMs: toMs - seconds * 1_000, toMs };
    const { series } = await this.queries.query(matchers, range, { kind: 'samples' });
    return series.map(({ points }) => points.values[points.values.length - 1]);
  }

  /** Registers a consumer of stored batches; before the application starts. */
  consume(consumer: SampleConsumer): void {
    this.feed.register(consumer);
  }

  /** Registers a consumer of what changes alerts. */
  consumeAlerts(consumer: AlertConsumer): void {
    this.alertFeed.register(consumer);
  }

  /** Those of these alerts that fire now, by the database's clock. */
  findFiringAlerts(ids: readonly number[]): Promise<AlertView[]> {
    return this.alerts.findFiring(ids);
  }

  /** The silences in force now, by the database's clock. */
  async listActiveSilences(): Promise<ActiveSilence[]> {
    return (await this.silences.listActive()).map(({ id, comment, endsAt, matchers }) => ({
      id,
      comment,
      endsAt,
      accepts: this.compile(matchers),
    }));
  }

  /** The changes that settle now, by the database's clock: of each service the one that settles last. */
  listSettlingChanges(terms: SettlingTerms): Promise<SettlingChange[]> {
    return this.changes.listSettling(terms);
  }

  /** Conditions as Alertmanager writes them (`service=~"a|b"`), one a text. Throws InvalidMatcher. */
  parseConditions(texts: readonly string[]): LabelCondition[] {
    return texts.map((text) => {
      const { label, operator, value } = parseMatcher(text);
      return { name: label, operator, value };
    });
  }

  /** Conditions as people write them; `parseConditions` reads them back. */
  writeConditions(conditions: readonly LabelCondition[]): string[] {
    return compileMatchers(conditions).map(String);
  }

  /** Conditions ready for use. Throws InvalidMatcher. */
  compile(conditions: readonly LabelCondition[]): LabelPredicate {
    const matchers = compileMatchers(conditions);
    return (labels) => isMatched(matchers, labels);
  }

  /**
   * Records, in the consumer's own transaction, how far groups of series have come; batches up to the place of the slowest may be compacted.
   * Throws GroupLost where another process holds one of them by now.
   */
  advance(reader: string, places: readonly SeriesGroupPlace[]): Promise<void> {
    return this.feed.advance(reader, places);
  }

  /** How many groups of series a consumer has. */
  countGroups(reader: string): Promise<number> {
    return this.feed.countGroups(reader);
  }

  /** Every group of series of a consumer, with the process that holds it. */
  listGroups(reader: string): Promise<SeriesGroupView[]> {
    return this.feed.listGroups(reader);
  }

  /** Seconds that the oldest batch after a place has waited; 0 where there is none. */
  lagBehind(position: BatchPosition): Promise<number> {
    return this.samples.lagBehind(position);
  }
}
