import { ApiProperty } from '@nestjs/swagger';

import { Series } from '../telemetry.types';
import { Bucket } from './downsample';
import { seriesTitle } from './labels';

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

  static from({ startMs, min, max, mean, last, count }: Bucket): BucketResponse {
    return { time: new Date(startMs).toISOString(), min, max, mean, last, count };
  }
}
