import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { PageQuery, pageRequest, paginate, Pagination } from '../../common/http/pagination';
import { UuidPipe } from '../../common/http/uuid.pipe';
import { OneOf, QueryInteger } from '../../common/validation/fields';
import { DELIVERY_STATES, type DeliveryState } from './delivery.entity';
import { DeliveryAttemptResponse, DeliveryResponse } from './delivery.response';
import { DeliveryService } from './delivery.service';

class ListDeliveriesQuery extends PageQuery {
  @QueryInteger(1, Number.MAX_SAFE_INTEGER)
  endpoint_id?: number;

  @OneOf(DELIVERY_STATES, { required: false })
  state?: DeliveryState;
}

@ApiTags('Notifications')
@Controller('api/notifications/deliveries')
export class DeliveryController {
  constructor(private readonly deliveries: DeliveryService) {}

  @Get()
  @Requires('notifications:read')
  @ApiOperation({ summary: 'What was told, is on its way, or was given up, newest first' })
  @Answers(200, { deliveries: [DeliveryResponse], pagination: Pagination }, 400)
  async list(@Query() query: ListDeliveriesQuery) {
    const page = pageRequest(query);
    const filter = { endpointId: query.endpoint_id, state: query.state };
    const [deliveries, total] = await this.deliveries.list(filter, page);
    return success({
      deliveries: deliveries.map((delivery) => DeliveryResponse.from(delivery)),
      pagination: paginate(page, total),
    });
  }

  @Get(':id')
  @Requires('notifications:read')
  @ApiOperation({ summary: 'One delivery with its attempts' })
  @Answers(200, { delivery: DeliveryResponse, attempts: [DeliveryAttemptResponse] }, 400, 404)
  async get(@Param('id', UuidPipe) id: string) {
    const delivery = await this.deliveries.get(id);
    const attempts = await this.deliveries.listAttempts(id);
    return success({
      delivery: DeliveryResponse.from(delivery),
      attempts: attempts.map((attempt) => DeliveryAttemptResponse.from(attempt)),
    });
  }

  @Post(':id/replay')
  @Requires('notifications:manage')
  @ApiOperation({
    summary: 'Replay a delivery that has ended',
    description: 'Under the same id, so that a receiver that has it already knows, and with the same bytes',
  })
  @Answers(202, { delivery: DeliveryResponse }, 400, 404, 409)
  async replay(@Param('id', UuidPipe) id: string) {
    return success({ delivery: DeliveryResponse.from(await this.deliveries.replay(id)) });
  }
}
