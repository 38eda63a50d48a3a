import { Body, Controller, Delete, Get, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Requires } from '../auth/access';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { IdPipe } from '../common/http/id.pipe';
import { expectedVersion } from '../common/http/if-match';
import { PageQuery, pageRequest, Pagination } from '../common/http/pagination';
import {
  BatchDto,
  BulkAcknowledgeDto,
  CommentDto,
  CreateAnomalyDto,
  ListAnomaliesQuery,
  ResolveDto,
  UpdateAnomalyDto,
  VerbDto,
} from './anomaly.dto';
import { Anomaly } from './anomaly.entity';
import {
  AnomalyCommentResponse,
  AnomalyHistoryResponse,
  AnomalyResponse,
  BulkAcknowledgeResponse,
} from './anomaly.response';
import { AnomalyService } from './anomaly.service';
import { AnomalyListService } from './anomaly-list.service';
import { filterOf, newAnomaliesOf, newAnomalyOf, orderOf } from './anomaly-request.dto';

const IF_MATCH = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'The version you read, as `version` in the body',
});

@ApiTags('Anomalies')
@Controller('api/anomalies')
export class AnomalyController {
  constructor(
    private readonly anomalies: AnomalyService,
    private readonly lists: AnomalyListService,
  ) {}

  @Get()
  @Requires('anomalies:read')
  @ApiOperation({ summary: 'Anomalies, newest first, filtered, sorted and paged' })
  @Answers(200, { anomalies: [AnomalyResponse], pagination: Pagination }, 400)
  async list(@Query() query: ListAnomaliesQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { anomalies, pagination } = await this.lists.list(
      filterOf(query),
      orderOf(query),
      pageRequest(query),
      query.cursor,
    );
    reply.header('x-total-count', String(pagination.total));
    return success({ anomalies: anomalies.map((anomaly) => AnomalyResponse.from(anomaly)), pagination });
  }

  @Post()
  @Requires('anomalies:create')
  @ApiOperation({ summary: 'Report an anomaly' })
  @Answers(201, { anomaly: AnomalyResponse }, 400, 413, 415)
  async create(@Body() body: CreateAnomalyDto) {
    const anomaly = await this.anomalies.create(newAnomalyOf(body));
    return success({ anomaly: AnomalyResponse.from(anomaly) }, 'Anomaly created successfully');
  }

  @Post('batch')
  @Requires('anomalies:create')
  @ApiOperation({ summary: 'Report up to 1,000 anomalies, all or none' })
  @Answers(201, { anomalies: [AnomalyResponse] }, 400, 413, 415)
  async createBatch(@Body() body: BatchDto) {
    const anomalies = await this.anomalies.createMany(newAnomaliesOf(body.anomalies));
    return success(
      { anomalies: anomalies.map((anomaly) => AnomalyResponse.from(anomaly)) },
      `${anomalies.length} anomalies created successfully`,
    );
  }

  @Post('bulk-acknowledge')
  @Requires('anomalies:update')
  @ApiOperation({ summary: 'Acknowledge up to 1,000 anomalies; says of each that cannot be why' })
  @Answers(200, { outcome: BulkAcknowledgeResponse }, 400)
  async bulkAcknowledge(@Body() { ids }: BulkAcknowledgeDto) {
    const outcome = await this.anomalies.acknowledgeMany(ids);
    return success({ outcome }, `${outcome.acknowledged.length} anomalies acknowledged`);
  }

  @Get(':id')
  @Requires('anomalies:read')
  @ApiOperation({ summary: 'One anomaly' })
  @Answers(200, { anomaly: AnomalyResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number, @Res({ passthrough: true }) reply: FastifyReply) {
    return answer(await this.anomalies.get(id), reply);
  }

  @Put(':id')
  @Requires('anomalies:update')
  @IF_MATCH
  @ApiOperation({ summary: 'Edit an anomaly; its status moves as the verbs move it' })
  @Answers(200, { anomaly: AnomalyResponse }, 400, 404, 409)
  async update(
    @Param('id', IdPipe) id: number,
    @Body() { status, version, ...edit }: UpdateAnomalyDto,
    @Headers('If-Match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answer(
      await this.anomalies.update(id, edit, status, expectedVersion(version, ifMatch)),
      reply,
      'Anomaly updated successfully',
    );
  }

  @Delete(':id')
  @Requires('anomalies:delete')
  @IF_MATCH
  @ApiOperation({ summary: 'Hide an anomaly; its history stays' })
  @Answers(200, {}, 400, 404, 409)
  async delete(@Param('id', IdPipe) id: number, @Headers('If-Match') ifMatch?: string) {
    await this.anomalies.delete(id, expectedVersion(undefined, ifMatch));
    return success({}, `Anomaly with ID ${id} deleted successfully`);
  }

  @Post(':id/acknowledge')
  @Requires('anomalies:update')
  @IF_MATCH
  @ApiOperation({ summary: 'Say that you take care of it' })
  @Answers(200, { anomaly: AnomalyResponse }, 400, 404, 409)
  async acknowledge(
    @Param('id', IdPipe) id: number,
    @Body() { version }: VerbDto,
    @Headers('If-Match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answer(
      await this.anomalies.acknowledge(id, expectedVersion(version, ifMatch)),
      reply,
      'Anomaly acknowledged successfully',
    );
  }

  @Post(':id/resolve')
  @Requires('anomalies:update')
  @IF_MATCH
  @ApiOperation({ summary: 'Say that it is over, and what it was' })
  @Answers(200, { anomaly: AnomalyResponse }, 400, 404, 409)
  async resolve(
    @Param('id', IdPipe) id: number,
    @Body() { version, resolution, resolution_notes, root_cause }: ResolveDto,
    @Headers('If-Match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const resolved = { resolution: resolution ?? resolution_notes, rootCause: root_cause };
    return answer(
      await this.anomalies.resolve(id, resolved, expectedVersion(version, ifMatch)),
      reply,
      'Anomaly resolved successfully',
    );
  }

  @Post(':id/dismiss')
  @Requires('anomalies:update')
  @IF_MATCH
  @ApiOperation({ summary: 'Say that it was no anomaly' })
  @Answers(200, { anomaly: AnomalyResponse }, 400, 404, 409)
  async dismiss(
    @Param('id', IdPipe) id: number,
    @Body() { version }: VerbDto,
    @Headers('If-Match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answer(
      await this.anomalies.dismiss(id, expectedVersion(version, ifMatch)),
      reply,
      'Anomaly dismissed successfully',
    );
  }

  @Post(':id/reopen')
  @Requires('anomalies:update')
  @IF_MATCH
  @ApiOperation({ summary: 'Say that it is not over' })
  @Answers(200, { anomaly: AnomalyResponse }, 400, 404, 409)
  async reopen(
    @Param('id', IdPipe) id: number,
    @Body() { version }: VerbDto,
    @Headers('If-Match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answer(
      await this.anomalies.reopen(id, expectedVersion(version, ifMatch)),
      reply,
      'Anomaly reopened successfully',
    );
  }

  @Get(':id/history')
  @Requires('anomalies:read')
  @ApiOperation({ summary: 'Who did what when, newest first' })
  @Answers(200, { history: [AnomalyHistoryResponse], pagination: Pagination }, 400, 404)
  async listHistory(@Param('id', IdPipe) id: number, @Query() query: PageQuery) {
    const { history, pagination } = await this.lists.listHistory(id, pageRequest(query));
    return success({ history: history.map((entry) => AnomalyHistoryResponse.from(entry)), pagination });
  }

  @Get(':id/comments')
  @Requires('anomalies:read')
  @ApiOperation({ summary: 'Comments, newest first' })
  @Answers(200, { comments: [AnomalyCommentResponse], pagination: Pagination }, 400, 404)
  async listComments(@Param('id', IdPipe) id: number, @Query() query: PageQuery) {
    const { comments, pagination } = await this.lists.listComments(id, pageRequest(query));
    return success({ comments: comments.map((comment) => AnomalyCommentResponse.from(comment)), pagination });
  }

  @Post(':id/comments')
  @Requires('anomalies:update')
  @ApiOperation({ summary: 'Comment on an anomaly' })
  @Answers(201, { comment: AnomalyCommentResponse }, 400, 404)
  async comment(@Param('id', IdPipe) id: number, @Body() { body }: CommentDto) {
    return success(
      { comment: AnomalyCommentResponse.from(await this.anomalies.comment(id, body)) },
      'Comment created successfully',
    );
  }
}

/** One anomaly in the envelope, its version as ETag. */
function answer(anomaly: Anomaly, reply: FastifyReply, message?: string) {
  reply.header('etag', `"${anomaly.version}"`);
  return success({ anomaly: AnomalyResponse.from(anomaly) }, message);
}
