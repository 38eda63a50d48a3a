import { Body, Controller, Delete, Get, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Caller, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { expectedVersion } from '../../common/http/if-match';
import { pageRequest, Pagination } from '../../common/http/pagination';
import { verificationTermsOf } from '../verification/verify.dto';
import {
  ActionBatchDto,
  actionFilterOf,
  ActionFilterQuery,
  CreateActionDto,
  newActionOf,
  newActionsOf,
  UpdateActionDto,
} from './action.dto';
import { RemediationAction } from './action.entity';
import { ActionResponse } from './action.response';
import { ActionService } from './action.service';
import { ActionListService } from './action-list.service';

const IF_MATCH = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'The version you read, as `version` in the body',
});

@ApiTags('Remediation')
@Controller('api/remediation')
export class ActionController {
  constructor(
    private readonly actions: ActionService,
    private readonly lists: ActionListService,
  ) {}

  @Get()
  @Requires('remediation:read')
  @ApiOperation({ summary: 'As GET /api/remediation/actions' })
  @Answers(200, { remediation_actions: [ActionResponse], pagination: Pagination }, 400)
  index(@Query() query: ActionFilterQuery) {
    return this.list(query);
  }

  @Post()
  @Requires('remediation:propose')
  @ApiOperation({ summary: 'As POST /api/remediation/actions' })
  @Answers(201, { remediation_action: ActionResponse }, 400, 404, 413, 415)
  createShort(@Caller() caller: Principal, @Body() body: CreateActionDto) {
    return this.create(caller, body);
  }

  @Get('actions')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'Actions, newest first, filtered and paged' })
  @Answers(200, { remediation_actions: [ActionResponse], pagination: Pagination }, 400)
  async list(@Query() query: ActionFilterQuery) {
    const { actions, pagination } = await this.lists.list(actionFilterOf(query), pageRequest(query));
    return success({ remediation_actions: actions.map((action) => ActionResponse.from(action)), pagination });
  }

  @Post('actions')
  @Requires('remediation:propose')
  @ApiOperation({
    summary: 'Propose an action',
    description:
      'Nothing is done yet: it is approved and executed, or executed at once where a policy allows its type and target without approval.',
  })
  @Answers(201, { remediation_action: ActionResponse }, 400, 404, 413, 415)
  async create(@Caller() caller: Principal, @Body() body: CreateActionDto) {
    return answer(
      await this.actions.propose(caller, newActionOf(body)),
      'Remediation action created successfully',
    );
  }

  @Post('actions/batch')
  @Requires('remediation:propose')
  @ApiOperation({ summary: 'Propose up to 100 actions, all or none' })
  @Answers(201, { remediation_actions: [ActionResponse] }, 400, 404, 413, 415)
  async createBatch(@Caller() caller: Principal, @Body() body: ActionBatchDto) {
    const actions = await this.actions.proposeMany(caller, newActionsOf(body.actions));
    return success(
      { remediation_actions: actions.map((action) => ActionResponse.from(action)) },
      `${actions.length} remediation actions created successfully`,
    );
  }

  @Get('actions/:id')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'One action' })
  @Answers(200, { remediation_action: ActionResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number, @Res({ passthrough: true }) reply: FastifyReply) {
    const action = await this.actions.get(id);
    reply.header('etag', `"${action.version}"`);
    return answer(action);
  }

  @Put('actions/:id')
  @Requires('remediation:propose')
  @IF_MATCH
  @ApiOperation({ summary: 'Edit an action that has not begun; approvals that it had no longer hold' })
  @Answers(200, { remediation_action: ActionResponse }, 400, 404, 409)
  async update(
    @Param('id', IdPipe) id: number,
    @Body() { version, action_name: actionName, verify, ...edit }: UpdateActionDto,
    @Headers('If-Match') ifMatch?: string,
  ) {
    const changed = {
      ...edit,
      ...(actionName !== undefined && { actionName }),
      ...(verify !== undefined && { verify: verificationTermsOf(verify) }),
    };
    return answer(
      await this.actions.update(id, changed, expectedVersion(version, ifMatch)),
      'Remediation action updated successfully',
    );
  }

  @Delete('actions/:id')
  @Requires('remediation:propose')
  @IF_MATCH
  @ApiOperation({ summary: 'Hide an action that is not under way; its log stays' })
  @Answers(200, {}, 400, 404, 409)
  async delete(@Param('id', IdPipe) id: number, @Headers('If-Match') ifMatch?: string) {
    await this.actions.delete(id, expectedVersion(undefined, ifMatch));
    return success({}, `Remediation action with ID ${id} deleted successfully`);
  }
}

function answer(action: RemediationAction, message?: string) {
  return success({ remediation_action: ActionResponse.from(action) }, message);
}
