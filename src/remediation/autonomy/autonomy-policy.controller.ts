import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import {
  AutonomyPolicyDto,
  AutonomyPolicyResponse,
  ChangeAutonomyPolicyDto,
  DeleteAutonomyPolicyQuery,
  policyTermsOf,
} from './autonomy-policy.dto';
import { AutonomyPolicyService } from './autonomy-policy.service';

@ApiTags('Remediation')
@Controller('api/remediation/autonomy/policies')
export class AutonomyPolicyController {
  constructor(private readonly policies: AutonomyPolicyService) {}

  @Get()
  @Requires('remediation:read')
  @ApiOperation({ summary: 'Autonomy policies, in the order in which adaptive mode looks at them' })
  @Answers(200, { autonomy_policies: [AutonomyPolicyResponse] })
  async list() {
    const policies = await this.policies.list();
    return success({ autonomy_policies: policies.map((policy) => AutonomyPolicyResponse.from(policy)) });
  }

  @Post()
  @Requires('policies:manage')
  @ApiOperation({
    summary: 'Add an autonomy policy',
    description:
      'In adaptive mode the enabled one of the lowest priority decides whose conditions all hold; where none fits, the mode is manual. What its mode allows has still to be earned.',
  })
  @Answers(201, { autonomy_policy: AutonomyPolicyResponse }, 400, 409)
  async create(@Body() body: AutonomyPolicyDto) {
    const policy = await this.policies.create(policyTermsOf(body));
    return success(
      { autonomy_policy: AutonomyPolicyResponse.from(policy) },
      'Autonomy policy created successfully',
    );
  }

  @Get(':id')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'One autonomy policy' })
  @Answers(200, { autonomy_policy: AutonomyPolicyResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ autonomy_policy: AutonomyPolicyResponse.from(await this.policies.get(id)) });
  }

  @Put(':id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Replace what an autonomy policy says' })
  @Answers(200, { autonomy_policy: AutonomyPolicyResponse }, 400, 404, 409)
  async change(@Param('id', IdPipe) id: number, @Body() { version, ...body }: ChangeAutonomyPolicyDto) {
    const policy = await this.policies.change(id, policyTermsOf(body), version);
    return success(
      { autonomy_policy: AutonomyPolicyResponse.from(policy) },
      'Autonomy policy updated successfully',
    );
  }

  @Delete(':id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Remove an autonomy policy; what it decided stays recorded' })
  @Answers(200, {}, 400, 404, 409)
  async remove(@Param('id', IdPipe) id: number, @Query() { version }: DeleteAutonomyPolicyQuery) {
    await this.policies.remove(id, version);
    return success({}, `Autonomy policy with ID ${id} deleted successfully`);
  }
}
