import { Injectable } from '@nestjs/common';

import { formatSelector, LabelMatcher, METRIC_NAME } from './metrics/label-matcher';
import { parseSelector } from './metrics/matcher-text';
import type { PointsView } from './metrics/range-view';
import { SampleQueryService } from './metrics/sample-query.service';
import { SeriesService } from './metrics/series.service';
import type { MeasuredSeries, MeasurementRequest, StepFunction } from './telemetry.types';

/** What later domains ask of what was measured: numbers at steps, by selector or series. */
@Injectable()
export class Measurements {
  constructor(
    private readonly samples: SampleQueryService,
    private readonly series: SeriesService,
  ) {}

  /**
   * The values of series in [from, to), one a step at its start; series without any are left out.
   * Throws InvalidMatcher, QueryTooWide, and InvalidInput where a gauge is asked for its rate.
   */
  async measure(request: MeasurementRequest): Promise<MeasuredSeries[]> {
    const { stepMs, fromMs, toMs } = request;
    const range = { fromMs, toMs };
    const view = viewOf(request.function, stepMs);
    const { series } =
      'seriesId' in request
        ? await this.samples.read(await this.series.findMany([request.seriesId]), range, view)
        : await this.samples.query(matchersOf(request), range, view);
    return series.map(({ series: { id }, points: { timesMs, values } }) => ({
      seriesId: id,
      timesMs,
      values,
    }));
  }

  /** A selector of a metric with labels, as Prometheus writes it. */
  selectorOf(metric: string, labels: Readonly<Record<string, string>>): string {
    return formatSelector([
      new LabelMatcher(METRIC_NAME, '=', metric),
      ...Object.entries(labels).map(([name, value]) => new LabelMatcher(name, '=', value)),
    ]);
  }

  /** Throws InvalidMatcher where a text is no selector. */
  checkSelector(selector: string): void {
    parseSelector(selector);
  }
}

function matchersOf({
  selector,
  labels = {},
}: Extract<MeasurementRequest, { selector: string }>): LabelMatcher[] {
  return [
    ...parseSelector(selector),
    ...Object.entries(labels).map(([name, value]) => new LabelMatcher(name, '=', value)),
  ];
}

function viewOf(stepFunction: StepFunction, stepMs: number): PointsView {
  return stepFunction === 'rate' || stepFunction === 'increase'
    ? { kind: 'counter', stepMs, counter: stepFunction }
    : { kind: 'aggregate', stepMs, aggregate: stepFunction };
}
