import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { PageQuery } from '../../common/http/pagination';
import { Field, Instant, OneOf, QueryInteger, Text } from '../../common/validation/fields';
import type { Aggregate, CounterFunction } from './range-view';
import { AGGREGATES, COUNTER_FUNCTIONS, MAX_PLOT_POINTS, MIN_PLOT_POINTS } from './range-view';

export const MAX_SAMPLES = 10_000;

/** One sample, as the document shows it; read by `sample-body.ts`, since ten thousand of them are too many for decorators. */
class SampleDto {
  @ApiProperty({ example: 'queue_depth', description: 'Letters, digits, _ and :' }) name: string;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { queue: 'mail' },
  })
  labels?: Record<string, string>;
  @ApiProperty({ example: 42 }) value: number;
  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'number' }],
    description: 'ISO 8601, or seconds or milliseconds since 1970; default now',
  })
  timestamp?: string | number;
  @ApiPropertyOptional({
    enum: ['gauge', 'counter'],
    description: 'Default gauge; a counter is judged by its rate',
  })
  type?: 'gauge' | 'counter';
}

export class SendSamplesDto {
  @Field(
    (value) =>
      !Array.isArray(value) || value.length === 0 || value.length > MAX_SAMPLES
        ? `samples must be a list of 1 to ${MAX_SAMPLES} samples`
        : null,
    { type: [SampleDto], maxItems: MAX_SAMPLES, description: 'All are stored, or none' },
  )
  samples: unknown[];
}

export class ListSeriesQuery extends PageQuery {
  @Text(256, { required: false, description: 'Exactly this metric name' })
  name?: string;

  @Text(256, { required: false, description: 'Part of the name, in any case' })
  search?: string;

  @Text(2_000, {
    required: false,
    description: 'Labels that must be there, as name:value pairs',
    example: 'host:web-1,zone:a',
  })
  labels?: string;
}

export class RangeQuery {
  @Instant({ required: false, description: 'Default an hour before `to`' })
  from?: string;

  @Instant({ required: false, description: 'Default now; not included' })
  to?: string;

  @QueryInteger(1, 86_400 * 31, {
    description: 'Seconds a step, the first from `from` on; without it the samples as stored',
  })
  step?: number;

  @OneOf(AGGREGATES, { required: false, description: 'One number of the samples of each step' })
  aggregate?: Aggregate;

  @OneOf(COUNTER_FUNCTIONS, {
    required: false,
    description: 'How a counter grew in each step: `rate` a second, or `increase`',
  })
  function?: CounterFunction;

  @QueryInteger(MIN_PLOT_POINTS, MAX_PLOT_POINTS, {
    description: 'At most so many samples of each series, chosen to keep the shape of its plot',
  })
  points?: number;
}

export class SampleQuery extends RangeQuery {
  @Text(8_192, {
    description: 'A selector as Prometheus writes it',
    example: 'http_requests_total{code=~"5..",job!="x"}',
  })
  match: string;
}

export class ImportQuery {
  @Text(256, { description: 'The metric name of the series', example: 'ec2_cpu_utilization' })
  name: string;

  @Text(2_000, {
    required: false,
    description: 'Labels of the series, as name:value pairs',
    example: 'instance:i-5f5533',
  })
  labels?: string;
}
