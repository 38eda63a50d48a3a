import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Caller, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { ApproveDto, RejectDto } from './action.dto';
import { ActionResponse } from './action.response';
import { ApprovalViewResponse } from './approval.response';
import { ApprovalService } from './approval.service';
import { ApprovalViewService } from './approval-view.service';

@ApiTags('Remediation')
@Controller('api/remediation/actions/:id')
export class ApprovalController {
  constructor(
    private readonly approvals: ApprovalService,
    private readonly views: ApprovalViewService,
  ) {}

  @Get('approval')
  @Requires('remediation:read')
  @ApiOperation({
    summary:
      'What to look at before saying yes: plan, blast radius, rollback, how it went before, who approved',
  })
  @Answers(200, { approval: ApprovalViewResponse }, 400, 404)
  async view(@Param('id', IdPipe) id: number) {
    return success({ approval: ApprovalViewResponse.from(await this.views.view(id)) });
  }

  @Post('approve')
  @Requires('remediation:approve')
  @ApiOperation({
    summary: 'Approve an action as it now is',
    description:
      'An approval is given to one plan, holds for a time, counts once a person and is used once. Whoever asked for the action cannot give it.',
  })
  @Answers(200, { remediation_action: ActionResponse }, 400, 404, 409)
  async approve(@Caller() caller: Principal, @Param('id', IdPipe) id: number, @Body() body: ApproveDto) {
    const action = await this.approvals.approve(caller, id, {
      planHash: body.plan_hash,
      comment: body.comment,
    });
    return success(
      { remediation_action: ActionResponse.from(action) },
      action.approvedAt !== null
        ? 'Remediation action approved successfully'
        : 'Approval recorded; more people have to approve',
    );
  }

  @Post('reject')
  @Requires('remediation:approve')
  @ApiOperation({ summary: 'Say no, and why' })
  @Answers(200, { remediation_action: ActionResponse }, 400, 404, 409)
  async reject(@Param('id', IdPipe) id: number, @Body() { reason }: RejectDto) {
    return success(
      { remediation_action: ActionResponse.from(await this.approvals.reject(id, reason ?? null)) },
      'Remediation action rejected successfully',
    );
  }
}
