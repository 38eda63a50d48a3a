import { ApiProperty } from '@nestjs/swagger';

import { Series } from '../telemetry.types';
import { SeriesSamples } from './chunk-codec';
import { Bucket } from './downsample';
import { seriesTitle } from './labels';
import type { SeriesPoints } from './sample-query.service';

export class SeriesResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ example: 'host_cpu_usage_percent{host="web-1"}' }) series: string;
  @ApiProperty({ example: 'host_cpu_usage_percent' }) name: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) labels: Readonly<
    Record<string, string>
  >;
  @ApiProperty({ enum: ['gauge', 'counter', 'histogram', 'summary', 'untyped', 'info'] }) type: string;
  @ApiProperty({ enum: ['gauge', 'counter', 'untyped'], description: 'A counter only rises, or restarts' })
  behaviour: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;

  static from(row: Series): SeriesResponse {
    const { id, name, labels, type, behaviour, createdAt } = row;
    return { id, series: seriesTitle(name, labels), name, labels, type, behaviour, created_at: createdAt };
  }
}

export class BucketResponse {
  @ApiProperty({ type: String, format: 'date-time', description: 'Start of the bucket' }) time: string;
  @ApiProperty() min: number;
  @ApiProperty() max: number;
  @ApiProperty() mean: number;
  @ApiProperty() last: number;
  @ApiProperty({ type: 'integer' }) count: number;
  @ApiProperty() sum: number;

  static from({ startMs, min, max, mean, last, count, sum }: Bucket): BucketResponse {
    return { time: new Date(startMs).toISOString(), min, max, mean, last, count, sum };
  }
}

/** A time and its value; null where that is no number of JSON's (NaN, the stale marker, an infinity). */
export type TimeValuePair = [time: string, value: number | null];

export class QueriedSeriesResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ example: 'http_requests_total' }) name: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) labels: Readonly<
    Record<string, string>
  >;
  @ApiProperty({
    type: 'array',
    items: { type: 'array', items: {}, minItems: 2, maxItems: 2, description: '[time, value]' },
    example: [['2026-01-31T10:00:00.000Z', 0.5]],
  })
  samples: TimeValuePair[];

  static from({ series: { id, name, labels }, points }: SeriesPoints): QueriedSeriesResponse {
    return { id, name, labels, samples: pairsOf(points) };
  }
}

/** Samples as answers show them, oldest first. */
export function pairsOf({ timesMs, values }: SeriesSamples): TimeValuePair[] {
  return Array.from(timesMs, (timeMs, i) => [
    new Date(timeMs).toISOString(),
    Number.isFinite(values[i]) ? values[i] : null,
  ]);
}
