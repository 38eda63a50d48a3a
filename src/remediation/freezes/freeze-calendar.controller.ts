import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { LimitsService } from '../policy/limits.service';
import {
  ChangeFreezeCalendarDto,
  DeleteFreezeCalendarQuery,
  FreezeCalendarDto,
  freezeTermsOf,
} from './freeze-calendar.dto';
import { FreezeCalendarResponse, FreezeStateResponse } from './freeze-calendar.response';
import { FreezeCalendarService } from './freeze-calendar.service';
import { Freezes } from './freezes.service';

@ApiTags('Remediation')
@Controller('api/remediation')
export class FreezeCalendarController {
  constructor(
    private readonly calendars: FreezeCalendarService,
    private readonly freezes: Freezes,
    private readonly limits: LimitsService,
  ) {}

  @Get('freeze')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'What stops remediation, until when, and what will next' })
  @Answers(200, { freeze: FreezeStateResponse })
  async state() {
    const [limits, inForce, upcoming] = await Promise.all([
      this.limits.get(),
      this.freezes.listInForce(),
      this.freezes.listUpcoming(),
    ]);
    return success({ freeze: FreezeStateResponse.from(limits, inForce, upcoming) });
  }

  @Get('freeze-calendars')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'Freeze calendars, by name' })
  @Answers(200, { calendars: [FreezeCalendarResponse] })
  async list() {
    const calendars = await this.calendars.list();
    return success({ calendars: calendars.map((calendar) => FreezeCalendarResponse.from(calendar)) });
  }

  @Post('freeze-calendars')
  @Requires('policies:manage')
  @ApiOperation({
    summary: 'Plan times in which nothing begins',
    description:
      'While it is in force no step is claimed in any process, by the clock of the database: neither what people execute nor what is scheduled, nor what undoes a step. What has been sent goes on. Proposals, approvals and cancellations still work. Slots of standing schedules are passed over.',
  })
  @Answers(201, { calendar: FreezeCalendarResponse }, 400, 409)
  async create(@Body() body: FreezeCalendarDto) {
    const calendar = await this.calendars.create(freezeTermsOf(body));
    return success(
      { calendar: FreezeCalendarResponse.from(calendar) },
      'Freeze calendar created successfully',
    );
  }

  @Get('freeze-calendars/:id')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'One freeze calendar' })
  @Answers(200, { calendar: FreezeCalendarResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ calendar: FreezeCalendarResponse.from(await this.calendars.get(id)) });
  }

  @Put('freeze-calendars/:id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Replace what a freeze calendar says; from the answer on it counts' })
  @Answers(200, { calendar: FreezeCalendarResponse }, 400, 404, 409)
  async change(@Param('id', IdPipe) id: number, @Body() { version, ...body }: ChangeFreezeCalendarDto) {
    const calendar = await this.calendars.change(id, freezeTermsOf(body), version);
    return success(
      { calendar: FreezeCalendarResponse.from(calendar) },
      'Freeze calendar updated successfully',
    );
  }

  @Delete('freeze-calendars/:id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Remove a freeze calendar; what it held goes on' })
  @Answers(200, {}, 400, 404, 409)
  async remove(@Param('id', IdPipe) id: number, @Query() { version }: DeleteFreezeCalendarQuery) {
    await this.calendars.remove(id, version);
    return success({}, `Freeze calendar with ID ${id} deleted successfully`);
  }
}
