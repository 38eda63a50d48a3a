import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { ScheduleActionDto } from '../actions/action.dto';
import { ActionResponse } from '../actions/action.response';
import { FreezeInForceResponse } from '../freezes/freeze-calendar.response';
import { Freezes } from '../freezes/freezes.service';
import { ActionSchedule } from './action-schedule.service';

@ApiTags('Remediation')
@Controller('api/remediation/actions/:id')
export class ActionScheduleController {
  constructor(
    private readonly schedule: ActionSchedule,
    private readonly freezes: Freezes,
  ) {}

  @Post('schedule')
  @Requires('remediation:execute')
  @ApiOperation({
    summary: 'Let an action begin by itself at a time',
    description:
      'Within 90 days. Its approvals hold until it can no longer begin (its time and `start_seconds` of the limits); what still has to be approved may be until its time, and is rejected then where it was not. Policies are asked again at its time, and a freeze holds it up. `freezes` are the calendars that, as they now are, will be in force at its time: it begins where they end within `start_seconds`, and fails otherwise.',
  })
  @Answers(200, { remediation_action: ActionResponse, freezes: [FreezeInForceResponse] }, 400, 404, 409)
  async scheduleFor(@Param('id', IdPipe) id: number, @Body() { scheduled_at: at }: ScheduleActionDto) {
    const action = await this.schedule.schedule(id, new Date(at));
    const freezes = await this.freezes.listHoldingActionAt(id, new Date(at));
    return success(
      {
        remediation_action: ActionResponse.from(action),
        freezes: freezes.map((freeze) => FreezeInForceResponse.from(freeze)),
      },
      'Remediation action scheduled successfully',
    );
  }
}
