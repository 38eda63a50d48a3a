import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { PageQuery, pageRequest, Pagination } from '../../common/http/pagination';
import { ResolveDto } from '../anomaly.dto';
import { AnomalyResponse } from '../anomaly.response';
import { AnomalyListService } from '../anomaly-list.service';
import { ListIncidentsQuery } from './incident.dto';
import { IncidentHistoryResponse, IncidentResponse } from './incident.response';
import { IncidentService } from './incident.service';

@ApiTags('Incidents')
@Controller('api/incidents')
export class IncidentController {
  constructor(
    private readonly incidents: IncidentService,
    private readonly lists: AnomalyListService,
  ) {}

  @Get()
  @Requires('anomalies:read')
  @ApiOperation({ summary: 'Incidents, newest first' })
  @Answers(200, { incidents: [IncidentResponse], pagination: Pagination }, 400)
  async list(@Query() { status, severity, search, ...query }: ListIncidentsQuery) {
    const { incidents, pagination } = await this.incidents.list(
      { status, severity, search },
      pageRequest(query),
    );
    return success({ incidents: incidents.map((incident) => IncidentResponse.from(incident)), pagination });
  }

  @Get(':id')
  @Requires('anomalies:read')
  @ApiOperation({
    summary: 'One incident and a page of its members, newest first, each with the reason why it belongs',
    description:
      'One that turned out to be one with another says in `merged_into` where its members are now.',
  })
  @Answers(
    200,
    { incident: IncidentResponse, anomalies: [AnomalyResponse], pagination: Pagination },
    400,
    404,
  )
  async get(@Param('id', IdPipe) id: number, @Query() query: PageQuery) {
    const incident = await this.incidents.get(id);
    const { anomalies, pagination } = await this.lists.list(
      { incidentId: id },
      { key: 'created_at', direction: 'desc' },
      pageRequest(query),
    );
    return success({
      incident: IncidentResponse.from(incident),
      anomalies: anomalies.map((anomaly) => AnomalyResponse.from(anomaly)),
      pagination,
    });
  }

  @Get(':id/history')
  @Requires('anomalies:read')
  @ApiOperation({ summary: 'Who did what when, newest first' })
  @Answers(200, { history: [IncidentHistoryResponse], pagination: Pagination }, 400, 404)
  async listHistory(@Param('id', IdPipe) id: number, @Query() query: PageQuery) {
    const { history, pagination } = await this.incidents.listHistory(id, pageRequest(query));
    return success({ history: history.map((entry) => IncidentHistoryResponse.from(entry)), pagination });
  }

  @Post(':id/acknowledge')
  @Requires('anomalies:update')
  @ApiOperation({ summary: 'Say that you take care of it, and of all its open members' })
  @Answers(200, { incident: IncidentResponse }, 400, 404, 409)
  async acknowledge(@Param('id', IdPipe) id: number) {
    return success(
      { incident: IncidentResponse.from(await this.incidents.acknowledge(id)) },
      'Incident acknowledged successfully',
    );
  }

  @Post(':id/resolve')
  @Requires('anomalies:update')
  @ApiOperation({ summary: 'Say that it is over, with all its active members, and what it was' })
  @Answers(200, { incident: IncidentResponse }, 400, 404, 409)
  async resolve(
    @Param('id', IdPipe) id: number,
    @Body() { resolution, resolution_notes, root_cause }: ResolveDto,
  ) {
    const resolved = { resolution: resolution ?? resolution_notes, rootCause: root_cause };
    return success(
      { incident: IncidentResponse.from(await this.incidents.resolve(id, resolved)) },
      'Incident resolved successfully',
    );
  }
}
