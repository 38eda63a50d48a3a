import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { ScheduleActionDto } from '../actions/action.dto';
import { ActionResponse } from '../actions/action.response';
import { ActionSchedule } from './action-schedule.service';

@ApiTags('Remediation')
@Controller('api/remediation/actions/:id')
export class ActionScheduleController {
  constructor(private readonly schedule: ActionSchedule) {}

  @Post('schedule')
  @Requires('remediation:execute')
  @ApiOperation({
    summary: 'Let an action begin by itself at a time',
    description:
      'Within 90 days. Its approvals hold until it can no longer begin (its time and `start_seconds` of the limits); what still has to be approved may be until its time, and is rejected then where it was not. Policies are asked again at its time, and a freeze holds it up.',
  })
  @Answers(200, { remediation_action: ActionResponse }, 400, 404, 409)
  async scheduleFor(@Param('id', IdPipe) id: number, @Body() { scheduled_at: at }: ScheduleActionDto) {
    return success(
      { remediation_action: ActionResponse.from(await this.schedule.schedule(id, new Date(at))) },
      'Remediation action scheduled successfully',
    );
  }
}
