import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { PageQuery, pageRequest, paginate, Pagination } from '../../common/http/pagination';
import { DeliveryResponse } from '../deliveries/delivery.response';
import { DeliveryService } from '../deliveries/delivery.service';
import { CreateEndpointDto, ReplaceEndpointDto, requestedEndpointOf, secretChangesOf } from './endpoint.dto';
import { EndpointResponse } from './endpoint.response';
import { EndpointService } from './endpoint.service';

@ApiTags('Notifications')
@Controller('api/notifications/endpoints')
export class EndpointController {
  constructor(
    private readonly endpoints: EndpointService,
    private readonly deliveries: DeliveryService,
  ) {}

  @Get()
  @Requires('notifications:read')
  @ApiOperation({ summary: 'Who is told, by name' })
  @Answers(200, { endpoints: [EndpointResponse], pagination: Pagination }, 400)
  async list(@Query() query: PageQuery) {
    const page = pageRequest(query);
    const [endpoints, total] = await this.endpoints.list(page);
    return success({
      endpoints: endpoints.map((endpoint) => EndpointResponse.from(endpoint)),
      pagination: paginate(page, total),
    });
  }

  @Get(':id')
  @Requires('notifications:read')
  @ApiOperation({ summary: 'One endpoint' })
  @Answers(200, { endpoint: EndpointResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ endpoint: EndpointResponse.from(await this.endpoints.get(id)) });
  }

  @Post()
  @Requires('notifications:manage')
  @ApiOperation({
    summary: 'Add somebody who is told',
    description:
      'A webhook is sent {type, timestamp, data}, signed after Standard Webhooks; Slack a message for an incoming webhook of its own; email a ' +
      'mail to its recipients, where SMTP_HOST is set. The host of a URL must be on the egress allow-list (POST /api/admin/egress) before ' +
      'anything is sent there.',
  })
  @Answers(201, { endpoint: EndpointResponse }, 400, 409)
  async create(@Body() body: CreateEndpointDto) {
    const id = await this.endpoints.create(body.kind, requestedEndpointOf(body), secretChangesOf(body));
    return success(
      { endpoint: EndpointResponse.from(await this.endpoints.get(id)) },
      'Notification endpoint created successfully',
    );
  }

  @Put(':id')
  @Requires('notifications:manage')
  @ApiOperation({
    summary: 'Replace what is stated of an endpoint',
    description:
      'What is left out is stated as its default; the URL and secrets that are not named stay, unless it leads to another host: then ' +
      'secrets must be stated again.',
  })
  @Answers(200, { endpoint: EndpointResponse }, 400, 404, 409)
  async replace(@Param('id', IdPipe) id: number, @Body() body: ReplaceEndpointDto) {
    await this.endpoints.change(id, body.version, requestedEndpointOf(body), secretChangesOf(body));
    return success(
      { endpoint: EndpointResponse.from(await this.endpoints.get(id)) },
      'Notification endpoint updated successfully',
    );
  }

  @Post(':id/test')
  @Requires('notifications:manage')
  @ApiOperation({
    summary: 'Send a test to an endpoint',
    description: 'A delivery like any other, quiet hours apart; its attempts tell how it went',
  })
  @Answers(201, { delivery: DeliveryResponse }, 400, 404, 409)
  async test(@Param('id', IdPipe) id: number) {
    return success({ delivery: DeliveryResponse.from(await this.deliveries.sendTest(id)) });
  }

  @Delete(':id')
  @Requires('notifications:manage')
  @ApiOperation({ summary: 'Remove an endpoint with its secrets and its deliveries' })
  @Answers(200, {}, 400, 404)
  async remove(@Param('id', IdPipe) id: number) {
    await this.endpoints.remove(id);
    return success({}, `Notification endpoint with ID ${id} deleted successfully`);
  }
}
