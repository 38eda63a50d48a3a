import { Readable } from 'node:stream';

import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { ErrorResponse } from '../../common/http/error.response';
import { IdPipe } from '../../common/http/id.pipe';
import { PageQuery, pageRequest, Pagination } from '../../common/http/pagination';
import { Clock } from '../../common/time/clock';
import { AvailableActionResponse } from '../policy/available-action.response';
import { catalogueView } from '../policy/catalogue';
import { RAIL_WORDS } from '../policy/rails';
import { actionFilterOf, ExportActionsQuery } from './action.dto';
import { ActionLogResponse, ActionResponse, ActionStatsResponse, StepResponse } from './action.response';
import { exportCsv, exportJson } from './action-export.response';
import { ActionListService } from './action-list.service';

class WaitResponse {
  @ApiProperty({ enum: Object.keys(RAIL_WORDS) }) rail: string;
  @ApiProperty({ example: RAIL_WORDS.cooldown }) reason: string;
}

@ApiTags('Remediation')
@Controller('api/remediation')
export class ActionReportController {
  constructor(
    private readonly lists: ActionListService,
    private readonly clock: Clock,
  ) {}

  @Get('stats')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'How many actions there are, by status, type and priority, and how they ended' })
  @Answers(200, { stats: ActionStatsResponse })
  async stats() {
    return success({ stats: await this.lists.stats() });
  }

  @Get('available-actions')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'What can be done: parameters, risk, what undoes it' })
  @Answers(200, { available_actions: [AvailableActionResponse] })
  availableActions() {
    return success({
      available_actions: catalogueView().map((action) => AvailableActionResponse.from(action)),
    });
  }

  @Get('export')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'Every matching action as a file, streamed' })
  @ApiProduces('text/csv', 'application/json')
  @ApiResponse({ status: 200, description: 'A file', schema: { type: 'string', format: 'binary' } })
  @ApiResponse({
    status: 400,
    description: 'The input breaks a rule; the message names it',
    type: ErrorResponse,
  })
  export(@Query() query: ExportActionsQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const rows = this.lists.export(actionFilterOf(query));
    const name = `remediation-actions-${this.clock.now().toISOString().slice(0, 10)}`;
    const isJson = query.format === 'json';
    void reply
      .header('content-disposition', `attachment; filename="${name}.${isJson ? 'json' : 'csv'}"`)
      .type(isJson ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8');
    return Readable.from(isJson ? exportJson(rows) : exportCsv(rows));
  }

  @Get('actions/:id/logs')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'What happened to an action, oldest first, with what its executors said' })
  @Answers(200, { logs: [ActionLogResponse], pagination: Pagination }, 400, 404)
  async listLog(@Param('id', IdPipe) id: number, @Query() query: PageQuery) {
    const { entries, pagination } = await this.lists.listLog(id, pageRequest(query));
    return success({ logs: entries.map((entry) => ActionLogResponse.from(entry)), pagination });
  }

  @Get('actions/:id/status')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'What an action is doing: its steps, and what keeps the one that waits' })
  @Answers(
    200,
    { remediation_action: ActionResponse, steps: [StepResponse], waiting_for: [WaitResponse] },
    400,
    404,
  )
  async status(@Param('id', IdPipe) id: number) {
    const { action, steps, waitingFor } = await this.lists.progress(id);
    return success({
      remediation_action: ActionResponse.from(action),
      steps: steps.map((step) => StepResponse.from(step)),
      waiting_for: waitingFor,
    });
  }
}
