import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { InhibitionRuleDto } from './inhibition-rule.dto';
import { InhibitionRuleResponse } from './inhibition-rule.response';
import { InhibitionRuleService } from './inhibition-rule.service';

@ApiTags('Incidents')
@Controller('api/inhibition-rules')
export class InhibitionRuleController {
  constructor(private readonly rules: InhibitionRuleService) {}

  @Get()
  @Requires('alerts:read')
  @ApiOperation({ summary: 'Rules of inhibition, in the order in which they hold' })
  @Answers(200, { rules: [InhibitionRuleResponse] })
  async list() {
    const rules = await this.rules.list();
    return success({ rules: rules.map((rule) => InhibitionRuleResponse.from(rule)) });
  }

  @Post()
  @Requires('silences:manage')
  @ApiOperation({
    summary: 'Have a cause hide its symptoms',
    description:
      'While a source is active, targets with the same values of the equal labels are inhibited: listed as before, and not announced.',
  })
  @Answers(201, { rule: InhibitionRuleResponse }, 400, 409)
  async create(@Body() { equal = [], ...body }: InhibitionRuleDto) {
    const rule = await this.rules.create({ ...body, equal });
    return success({ rule: InhibitionRuleResponse.from(rule) }, 'Inhibition rule created successfully');
  }

  @Get(':id')
  @Requires('alerts:read')
  @ApiOperation({ summary: 'One rule of inhibition' })
  @Answers(200, { rule: InhibitionRuleResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ rule: InhibitionRuleResponse.from(await this.rules.get(id)) });
  }

  @Put(':id')
  @Requires('silences:manage')
  @ApiOperation({ summary: 'Replace a rule of inhibition' })
  @Answers(200, { rule: InhibitionRuleResponse }, 400, 404, 409)
  async change(@Param('id', IdPipe) id: number, @Body() { equal = [], ...body }: InhibitionRuleDto) {
    const rule = await this.rules.change(id, { ...body, equal });
    return success({ rule: InhibitionRuleResponse.from(rule) }, 'Inhibition rule updated successfully');
  }

  @Delete(':id')
  @Requires('silences:manage')
  @ApiOperation({ summary: 'Remove a rule of inhibition; what it hides is released within seconds' })
  @Answers(200, {}, 400, 404)
  async remove(@Param('id', IdPipe) id: number) {
    await this.rules.remove(id);
    return success({}, `Inhibition rule with ID ${id} deleted successfully`);
  }
}
