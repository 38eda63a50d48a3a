import { Controller, Get, Query, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Public, Requires } from '../auth/access';
import { InvalidInput } from '../common/errors/domain-error';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { ErrorResponse } from '../common/http/error.response';
import { Clock } from '../common/time/clock';
import { Metrics } from '../observability/metrics';
import { MetricsAccessGuard } from './metrics-access.guard';
import { thin } from './system-history';
import {
  HistoryAnswer,
  HistoryQuery,
  HistoryResponse,
  MetricsRangeQuery,
  SystemMetricsResponse,
  SystemReadingResponse,
} from './system-metrics.response';
import { HISTORY_HOURS, SystemSampler } from './system-sampler';
import { summarise } from './system-summary';

const HOUR_MS = 3_600_000;
/** A chart has no more points than this; a day of readings is thinned to it. */
const MAX_POINTS = 1_000;

/** The product's own numbers: for Prometheus, and the machine's for people. */
@ApiTags('Health')
@Controller()
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly sampler: SystemSampler,
    private readonly clock: Clock,
  ) {}

  @Get('metrics')
  @Public()
  @UseGuards(MetricsAccessGuard)
  @ApiOperation({
    summary: 'Metrics in the Prometheus text format',
    description: 'Public unless METRICS_PUBLIC is false; then it asks for the permission system:read.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiResponse({
    status: 401,
    description: 'METRICS_PUBLIC is false and the credentials do not hold',
    type: ErrorResponse,
  })
  @ApiResponse({
    status: 403,
    description: 'METRICS_PUBLIC is false and the permission system:read is missing',
    type: ErrorResponse,
  })
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { registry } = this.metrics;
    reply.header('content-type', registry.contentType);
    return registry.metrics();
  }

  @Get('api/metrics')
  @Requires('system:read')
  @ApiOperation({ summary: `The machine now, and its history: up to ${MAX_POINTS} readings, evenly spaced` })
  @Answers(
    200,
    { system_metrics: SystemMetricsResponse, timestamp: 'string', history: [SystemReadingResponse] },
    400,
  )
  systemMetrics(@Query() { start_time, end_time }: MetricsRangeQuery) {
    const end = end_time === undefined ? this.clock.now() : new Date(end_time);
    const start = start_time === undefined ? new Date(end.getTime() - HOUR_MS) : new Date(start_time);
    if (start > end) throw new InvalidInput('start_time must not be after end_time');
    const newest = this.sampler.newest();
    return success({
      system_metrics: SystemMetricsResponse.from(newest),
      timestamp: newest.at.toISOString(),
      history: thin(this.sampler.history.between(start, end), MAX_POINTS).map((reading) =>
        SystemReadingResponse.from(reading),
      ),
    });
  }

  @Get('metrics/history')
  @Requires('system:read')
  @ApiOperation({ summary: 'How busy the machine was over the last hours' })
  @ApiOkResponse({ type: HistoryAnswer })
  @ApiResponse({
    status: 400,
    description: 'The input breaks a rule; the message names it',
    type: ErrorResponse,
  })
  history(@Query() { hours = HISTORY_HOURS }: HistoryQuery): HistoryAnswer {
    const now = this.clock.now();
    // The end of a period is not part of it; what was read in this very millisecond is.
    const readings = this.sampler.history.between(
      new Date(now.getTime() - hours * HOUR_MS),
      new Date(now.getTime() + 1),
    );
    const data = HistoryResponse.from(hours, readings, summarise(readings));
    return { status: 'success', ...data, data };
  }
}
