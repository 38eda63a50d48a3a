import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Requires } from '../auth/access';
import { ErrorResponse } from '../common/http/error.response';
import { readEventId, StreamQuery } from '../common/http/event-stream';
import { AnomalyStreamService } from './anomaly-stream.service';

@ApiTags('Anomalies')
@Controller('api/anomalies')
export class AnomalyStreamController {
  constructor(private readonly streams: AnomalyStreamService) {}

  @Get('stream')
  @Requires('anomalies:read')
  @ApiOperation({
    summary: 'What happens to anomalies, live (server-sent events)',
    description:
      'Events anomaly.opened, .updated, .acknowledged, .resolved, .dismissed, .reopened, .commented and .deleted, each with the change and the anomaly as it now is. ' +
      'Resumes after `Last-Event-ID`; a heartbeat comment keeps the connection; a reader that falls too far behind is cut off and resumes.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that was received',
  })
  @ApiProduces('text/event-stream')
  @ApiResponse({ status: 200, description: 'The stream', schema: { type: 'string' } })
  @ApiResponse({
    status: 429,
    description: 'Too many streams are open; try again as Retry-After says',
    type: ErrorResponse,
  })
  async stream(
    @Query() query: StreamQuery,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    const stream = await this.streams.open(readEventId(lastEventId ?? query.last_event_id));
    void reply
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .type('text/event-stream; charset=utf-8')
      .send(stream);
  }
}
