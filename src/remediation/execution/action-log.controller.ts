import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Requires } from '../../auth/access';
import { ErrorResponse } from '../../common/http/error.response';
import { readEventId, StreamQuery } from '../../common/http/event-stream';
import { IdPipe } from '../../common/http/id.pipe';
import { ActionLogStreamService } from './action-log-stream.service';

@ApiTags('Remediation')
@Controller('api/remediation/actions/:id/logs')
export class ActionLogController {
  constructor(private readonly streams: ActionLogStreamService) {}

  @Get('stream')
  @Requires('remediation:read')
  @ApiOperation({
    summary: 'What happens to an action, live (server-sent events), until it has ended',
    description:
      'Begins with its first line, or after `Last-Event-ID`; a heartbeat comment keeps the connection.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that was received',
  })
  @ApiProduces('text/event-stream')
  @ApiResponse({ status: 200, description: 'The stream', schema: { type: 'string' } })
  @ApiResponse({
    status: 400,
    description: 'The input breaks a rule; the message names it',
    type: ErrorResponse,
  })
  @ApiResponse({ status: 404, description: 'There is no such record', type: ErrorResponse })
  async stream(
    @Param('id', IdPipe) id: number,
    @Query() query: StreamQuery,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    const stream = await this.streams.follow(id, readEventId(lastEventId ?? query.last_event_id));
    void reply
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .type('text/event-stream; charset=utf-8')
      .send(stream);
  }
}
