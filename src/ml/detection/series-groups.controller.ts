import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { READER } from './detection.service';
import { SeriesGroupResponse } from './series-group.response';

@ApiTags('Detection')
@Controller('api/ml/groups')
export class SeriesGroupsController {
  constructor(private readonly telemetry: TelemetryService) {}

  @Get()
  @Requires('ml:read')
  @ApiOperation({
    summary: 'The groups among which the series are shared out, with the process that scores each',
  })
  @Answers(200, { groups: [SeriesGroupResponse] })
  async list() {
    const groups = await this.telemetry.listGroups(READER);
    return success({ groups: groups.map((group) => SeriesGroupResponse.from(group)) });
  }
}
