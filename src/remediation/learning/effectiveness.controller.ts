import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { pageRequest, paginate, Pagination } from '../../common/http/pagination';
import { EffectivenessQuery } from './effectiveness.dto';
import { EffectivenessResponse } from './effectiveness.response';
import { EffectivenessService } from './effectiveness.service';

@ApiTags('Remediation')
@Controller('api/remediation')
export class EffectivenessController {
  constructor(private readonly effectiveness: EffectivenessService) {}

  @Get('effectiveness')
  @Requires('remediation:read')
  @ApiOperation({
    summary: 'Whether remedies do more than time does: each with a kind of trouble, the latest first',
    description:
      'How often the trouble went after a remedy, beside how often it goes by itself in the same time, from the age at which the remedy began. What would have recovered anyway is no lift.',
  })
  @Answers(200, { effectiveness: [EffectivenessResponse], pagination: Pagination }, 400)
  async list(@Query() query: EffectivenessQuery) {
    const page = pageRequest(query);
    const filter = { anomalyClass: query.anomaly_class ?? null, remedy: query.remedy ?? null };
    const [remedies, total] = await this.effectiveness.list(filter, page);
    return success({
      effectiveness: remedies.map((remedy) => EffectivenessResponse.from(remedy)),
      pagination: paginate(page, total),
    });
  }

  @Get('actions/:id/effectiveness')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'Whether what an action does helps against the kind of trouble that it is for' })
  @Answers(200, { effectiveness: EffectivenessResponse }, 400, 404)
  async ofAction(@Param('id', IdPipe) id: number) {
    return success({ effectiveness: EffectivenessResponse.from(await this.effectiveness.ofAction(id)) });
  }
}
