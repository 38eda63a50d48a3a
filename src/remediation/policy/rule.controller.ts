import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { ChangeRuleDto, DeleteRuleQuery, RuleDto } from './rule.dto';
import { RuleResponse } from './rule.response';
import { RuleService } from './rule.service';

@ApiTags('Remediation')
@Controller('api/remediation/rules')
export class RuleController {
  constructor(private readonly rules: RuleService) {}

  @Get()
  @Requires('remediation:read')
  @ApiOperation({ summary: 'Rules that choose remedies, in the order in which they are looked at' })
  @Answers(200, { rules: [RuleResponse] })
  async list() {
    return success({ rules: (await this.rules.list()).map((rule) => RuleResponse.from(rule)) });
  }

  @Post()
  @Requires('policies:manage')
  @ApiOperation({
    summary: 'Have anomalies call for a runbook or an action',
    description:
      'Choosing is not doing: what is chosen is proposed, and runs as the policies say. Of the rules that match, the first is chosen, and those after it while the chosen ones continue.',
  })
  @Answers(201, { rule: RuleResponse }, 400, 404, 409)
  async create(@Body() body: RuleDto) {
    const rule = await this.rules.create(body);
    return success({ rule: RuleResponse.from(rule) }, 'Remediation rule created successfully');
  }

  @Get(':id')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'One rule that chooses a remedy' })
  @Answers(200, { rule: RuleResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ rule: RuleResponse.from(await this.rules.get(id)) });
  }

  @Put(':id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Replace what a rule says' })
  @Answers(200, { rule: RuleResponse }, 400, 404, 409)
  async change(@Param('id', IdPipe) id: number, @Body() { version, ...requested }: ChangeRuleDto) {
    const rule = await this.rules.change(id, requested, version);
    return success({ rule: RuleResponse.from(rule) }, 'Remediation rule updated successfully');
  }

  @Delete(':id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Remove a rule; what it proposed stays' })
  @Answers(200, {}, 400, 404, 409)
  async remove(@Param('id', IdPipe) id: number, @Query() { version }: DeleteRuleQuery) {
    await this.rules.remove(id, version);
    return success({}, `Remediation rule with ID ${id} deleted successfully`);
  }
}
