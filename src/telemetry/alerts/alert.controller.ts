import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { pageRequest, Pagination } from '../../common/http/pagination';
import { readLabelPairs } from '../metrics/sample-body';
import { ListAlertsQuery } from './alert.dto';
import { AlertResponse } from './alert.response';
import { AlertListService } from './alert-list.service';

@ApiTags('Alerts')
@Controller('api/alerts')
export class AlertController {
  constructor(private readonly alerts: AlertListService) {}

  @Get()
  @Requires('alerts:read')
  @ApiOperation({ summary: 'Alerts, one an episode, newest first' })
  @Answers(200, { alerts: [AlertResponse], pagination: Pagination }, 400)
  async list(@Query() query: ListAlertsQuery) {
    const { status, search } = query;
    const labels = query.labels === undefined ? undefined : readLabelPairs(query.labels);
    const { alerts, pagination } = await this.alerts.list(
      { status, search, labels },
      pageRequest(query),
      query.cursor,
    );
    return success({ alerts: alerts.map((alert) => AlertResponse.from(alert)), pagination });
  }

  @Get(':id')
  @Requires('alerts:read')
  @ApiOperation({ summary: 'One alert' })
  @Answers(200, { alert: AlertResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ alert: AlertResponse.from(await this.alerts.get(id)) });
  }
}
