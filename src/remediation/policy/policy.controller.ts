import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { limitsEditOf, LimitsResponse, UpdateLimitsDto } from './limits.dto';
import { LimitsService } from './limits.service';
import { CreatePolicyDto, FreezeDto, PolicyResponse, UpdatePolicyDto } from './policy.dto';
import { PolicyService } from './policy.service';

@ApiTags('Remediation')
@Controller('api/remediation')
export class PolicyController {
  constructor(
    private readonly policies: PolicyService,
    private readonly limits: LimitsService,
  ) {}

  // Whoever stops things is never told to wait.
  @Post('freeze')
  @Requires('remediation:execute', { tier: null })
  @ApiOperation({
    summary: 'Stop everything: from this answer on, no step begins in any process',
    description: 'What has been sent already goes on. Proposals, approvals and cancellations still work.',
  })
  @Answers(200, { limits: LimitsResponse }, 400)
  async freeze(@Body() { reason }: FreezeDto) {
    return success(
      { limits: LimitsResponse.from(await this.limits.freeze(reason ?? null)) },
      'Remediation is frozen',
    );
  }

  @Post('unfreeze')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Let remediation go on' })
  @Answers(200, { limits: LimitsResponse })
  async unfreeze() {
    return success({ limits: LimitsResponse.from(await this.limits.unfreeze()) }, 'Remediation goes on');
  }

  @Get('limits')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'The limits that hold for everything, and whether it is frozen' })
  @Answers(200, { limits: LimitsResponse })
  async getLimits() {
    return success({ limits: LimitsResponse.from(await this.limits.get()) });
  }

  @Put('limits')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Set limits; what is left out stays' })
  @Answers(200, { limits: LimitsResponse }, 400, 409)
  async updateLimits(@Body() body: UpdateLimitsDto) {
    const limits = await this.limits.update(limitsEditOf(body), body.version);
    return success({ limits: LimitsResponse.from(limits) }, 'Limits updated successfully');
  }

  @Get('policies')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'What may run without approval, what needs how many, what may not run at all' })
  @Answers(200, { policies: [PolicyResponse] })
  async list() {
    return success({ policies: (await this.policies.list()).map((policy) => PolicyResponse.from(policy)) });
  }

  @Post('policies')
  @Requires('policies:manage')
  @ApiOperation({
    summary: 'Add a policy',
    description:
      'The one that fits an action best decides: a target beats a group beats none, then a type beats none; among equals the strictest.',
  })
  @Answers(201, { policy: PolicyResponse }, 400, 409)
  async add(@Body() body: CreatePolicyDto) {
    const policy = await this.policies.add({
      verdict: body.verdict,
      actionType: body.action_type ?? null,
      targetId: body.target_id ?? null,
      targetGroup: body.target_group ?? null,
      approvals: body.approvals ?? null,
      reason: body.reason ?? '',
    });
    return success({ policy: PolicyResponse.from(policy) }, 'Policy created successfully');
  }

  @Put('policies/:id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Change a policy; what it is about stays' })
  @Answers(200, { policy: PolicyResponse }, 400, 404)
  async change(@Param('id', IdPipe) id: number, @Body() body: UpdatePolicyDto) {
    return success(
      { policy: PolicyResponse.from(await this.policies.change(id, body)) },
      'Policy updated successfully',
    );
  }

  @Delete('policies/:id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Remove a policy; what it decided stays recorded' })
  @Answers(200, {}, 400, 404)
  async remove(@Param('id', IdPipe) id: number) {
    await this.policies.remove(id);
    return success({}, `Policy with ID ${id} deleted successfully`);
  }
}
