import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { PageQuery, pageRequest, Pagination } from '../../common/http/pagination';
import { OneOf } from '../../common/validation/fields';
import { HELD_KINDS, type HeldKind } from './held.repository';
import { HeldResponse } from './held.response';
import { HeldList } from './held-list.service';

class ListHeldQuery extends PageQuery {
  @OneOf(HELD_KINDS, { required: false, description: 'Only alerts, or only what detection found' })
  kind?: HeldKind;
}

@ApiTags('Maintenance')
@Controller('api/held')
export class HeldController {
  constructor(private readonly held: HeldList) {}

  @Get()
  @Requires('anomalies:read')
  @ApiOperation({
    summary:
      'What fires and is kept quiet now, with why, since when and until when; what was held last comes first',
    description:
      'Silences and maintenance windows hold alerts and what detection finds; a change that settles holds what detection finds on its service and is not critical. What goes on when that ends opens an anomaly, once; what recovers meanwhile never does.',
  })
  @Answers(200, { held: [HeldResponse], pagination: Pagination }, 400)
  async list(@Query() { kind, ...query }: ListHeldQuery) {
    const { held, pagination } = await this.held.list(kind ?? null, pageRequest(query));
    return success({ held: held.map((one) => HeldResponse.from(one)), pagination });
  }
}
