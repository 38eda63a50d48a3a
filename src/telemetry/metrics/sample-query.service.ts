import { setImmediate as yieldToOthers } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

import { InvalidInput } from '../../common/errors/domain-error';
import { Series } from '../telemetry.types';
import { SeriesSamples } from './chunk-codec';
import { Bucket, downsample } from './downsample';
import { formatSelector, LabelMatcher } from './label-matcher';
import { seriesTitle } from './labels';
import { InvalidMatcher, QueryTooWide } from './metrics.errors';
import { mostPoints, PointsView, readingRange, TimeRange, viewSamples } from './range-view';
import { SampleRepository } from './sample.repository';
import { SamplePresenceRepository } from './sample-presence.repository';
import { SeriesRepository } from './series.repository';
import { indexedPart } from './series-selection';

const MAX_SERIES = 100;
/** Series that a query looks at one by one, after the indexes have narrowed them. */
const MAX_CANDIDATES = 10_000;
/** Points in one answer; as JSON they are some four megabytes. */
const MAX_POINTS = 100_000;
/** Samples that one query holds in memory: 32 MB, and as much again while they are put in order. */
const MAX_SAMPLES_READ = 2_000_000;
/** Patterns run on the thread that answers everybody: others have their turn this often, and the query ends in time. */
const MATCHING_TURN_MS = 20;
const MAX_MATCHING_MS = 2_000;

/** A series with its points in a range, as a view shows them. */
export interface SeriesPoints {
  readonly series: Series;
  readonly points: SeriesSamples;
}

export interface RangeAnswer {
  /** Series without a point in the range are left out. */
  readonly series: SeriesPoints[];
  /** Whether older samples were left out. */
  readonly truncated: boolean;
}

/** What was measured: reads of samples by selector, range and view. */
@Injectable()
export class SampleQueryService {
  constructor(
    private readonly series: SeriesRepository,
    private readonly samples: SampleRepository,
    private readonly presence: SamplePresenceRepository,
  ) {}

  /**
   * The series that every matcher accepts, by id.
   * Throws InvalidMatcher where the matchers rule nothing out, QueryTooWide where too many series would have to be looked at.
   */
  async select(matchers: readonly LabelMatcher[]): Promise<Series[]> {
    if (matchers.every((matcher) => matcher.accepts('')))
      throw new InvalidMatcher(
        `${formatSelector(matchers)} rules nothing out; give a metric name or a matcher that refuses the empty value, such as job="api"`,
      );
    const candidates = await this.series.select(indexedPart(matchers), MAX_CANDIDATES + 1);
    if (candidates.length > MAX_CANDIDATES)
      throw new QueryTooWide(
        `more than ${MAX_CANDIDATES} series would have to be looked at for ${formatSelector(matchers)}; add a metric name or a label with =`,
      );
    const found = await this.filter(candidates, matchers);
    return found.sort((a, b) => a.id - b.id);
  }

  /**
   * The points of every series that the matchers select. Those without a sample in the range count for no limit: instances come and go, and
   * a selector keeps all that ever were. Throws what `select` and `read` throw.
   */
  async query(matchers: readonly LabelMatcher[], range: TimeRange, view: PointsView): Promise<RangeAnswer> {
    const selected = await this.select(matchers);
    const isSmall = selected.length <= MAX_SERIES && selected.length * mostPoints(view, range) <= MAX_POINTS;
    const present = isSmall ? selected : await this.withSamples(selected, readingRange(view, range));
    if (present.length > MAX_SERIES)
      throw new QueryTooWide(
        `more than ${MAX_SERIES} of the ${selected.length} series that match ${formatSelector(matchers)} have samples in the range; ` +
          `a query reads at most ${MAX_SERIES}: narrow it by name or labels`,
      );
    return this.read(present, range, view);
  }

  /**
   * The points of these series, all of one moment: what was acknowledged before is seen, once, compacted or not.
   * Throws QueryTooWide where the answer or what must be read for it is too much, InvalidInput where a gauge is asked for its rate.
   */
  async read(wanted: readonly Series[], range: TimeRange, view: PointsView): Promise<RangeAnswer> {
    if (wanted.length === 0) return { series: [], truncated: false };
    const limit = checkSize(wanted, range, view);
    const { fromMs, toMs } = readingRange(view, range);
    const stored = await this.samples.readRange(idsOf(wanted), fromMs, toMs, MAX_SAMPLES_READ);
    const found: SeriesPoints[] = [];
    let truncated = false;
    for (const series of wanted) {
      const points = viewSamples(stored.get(series.id) ?? NO_SAMPLES, view, range);
      if (points.timesMs.length === 0) continue;
      truncated ||= points.timesMs.length > limit;
      found.push({ series, points: newest(points, limit) });
    }
    return { series: found, truncated };
  }

  /** One series' buckets of a step. Throws QueryTooWide. */
  async readBuckets({ id }: Series, range: TimeRange, stepMs: number): Promise<Bucket[]> {
    const stored = await this.samples.readRange([id], range.fromMs, range.toMs, MAX_SAMPLES_READ);
    return downsample(stored.get(id) ?? NO_SAMPLES, { ...range, stepMs });
  }

  /** Those with a sample in the range; where they are more than a query reads, some more than that. */
  private async withSamples(series: readonly Series[], { fromMs, toMs }: TimeRange): Promise<Series[]> {
    const present = await this.presence.find(idsOf(series), fromMs, toMs, MAX_SERIES + 1);
    return series.filter(({ id }) => present.has(id));
  }

  private async filter(candidates: readonly Series[], matchers: readonly LabelMatcher[]): Promise<Series[]> {
    const found: Series[] = [];
    let spentMs = 0;
    let turn = performance.now();
    for (const one of candidates) {
      if (matchers.every((matcher) => matcher.matchesSeries(one))) found.push(one);
      const turnMs = performance.now() - turn;
      if (turnMs < MATCHING_TURN_MS) continue;
      spentMs += turnMs;
      if (spentMs > MAX_MATCHING_MS)
        throw new QueryTooWide(
          `the patterns of ${formatSelector(matchers)} take too long over ${candidates.length} series; add a metric name or a label with =`,
        );
      await yieldToOthers();
      turn = performance.now();
    }
    return found;
  }
}

const NO_SAMPLES: SeriesSamples = { timesMs: new Float64Array(0), values: new Float64Array(0) };

/** How many points each series may have. Raw samples share what an answer holds; of other views it must hold all. */
function checkSize(wanted: readonly Series[], range: TimeRange, view: PointsView): number {
  const gauge = view.kind === 'counter' ? wanted.find(({ behaviour }) => behaviour === 'gauge') : undefined;
  if (gauge !== undefined)
    throw new InvalidInput(
      `function is for counters, and ${seriesTitle(gauge.name, gauge.labels)} is a gauge; use aggregate for it`,
    );
  const most = mostPoints(view, range);
  if (view.kind === 'samples') return Math.min(most, Math.floor(MAX_POINTS / wanted.length));
  if (most * wanted.length > MAX_POINTS)
    throw new QueryTooWide(
      `${wanted.length} series with up to ${most} points each are more than the ${MAX_POINTS} points of one answer; ` +
        (view.kind === 'plot' ? 'ask for fewer points' : 'ask for a larger step or a shorter range') +
        ', or narrow the selector',
    );
  return most;
}

/** The newest matter most where the answer must stop somewhere. */
function newest({ timesMs, values }: SeriesSamples, count: number): SeriesSamples {
  const first = Math.max(0, timesMs.length - count);
  return { timesMs: timesMs.subarray(first), values: values.subarray(first) };
}

function idsOf(series: readonly Series[]): number[] {
  return series.map(({ id }) => id);
}
