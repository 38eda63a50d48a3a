import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Caller, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { PageQuery, pageRequest, Pagination } from '../../common/http/pagination';
import { ChangeScheduleDto, DeleteScheduleQuery, ScheduleDto, scheduleTermsOf } from './schedule.dto';
import { PreviewedSlotResponse, ScheduleFiringResponse, ScheduleResponse } from './schedule.response';
import { ScheduleService } from './schedule.service';
import { previewOf, PreviewSlotsDto } from './slot-preview.dto';
import { SlotPreview } from './slot-preview.service';

@ApiTags('Remediation')
@Controller('api/remediation/schedules')
export class ScheduleController {
  constructor(
    private readonly schedules: ScheduleService,
    private readonly slots: SlotPreview,
  ) {}

  @Get()
  @Requires('remediation:read')
  @ApiOperation({ summary: 'Standing schedules, by name' })
  @Answers(200, { schedules: [ScheduleResponse] })
  async list() {
    const schedules = await this.schedules.list();
    return success({ schedules: schedules.map((schedule) => ScheduleResponse.from(schedule)) });
  }

  @Post()
  @Requires('policies:manage')
  @ApiOperation({
    summary: 'Have a runbook or an action proposed again and again',
    description:
      'Each slot is dealt with once, whatever number of processes there is, by the clock of the database. What it proposes begins at once where the policies allow that without approval, and waits for people otherwise.',
  })
  @Answers(201, { schedule: ScheduleResponse }, 400, 404, 409)
  async create(@Caller() caller: Principal, @Body() body: ScheduleDto) {
    const schedule = await this.schedules.create(caller, scheduleTermsOf(body));
    return success(
      { schedule: ScheduleResponse.from(schedule) },
      'Remediation schedule created successfully',
    );
  }

  @Post('preview')
  @Requires('remediation:read')
  @ApiOperation({
    summary: 'See the next slots of an expression or a rule; nothing is kept',
    description: 'Fewer than asked for where there are no more.',
  })
  @Answers(200, { slots: [PreviewedSlotResponse] }, 400, 404)
  async preview(@Body() body: PreviewSlotsDto) {
    const { terms, count } = previewOf(body);
    const slots = await this.slots.preview(terms, count);
    return success({ slots: slots.map((slot) => PreviewedSlotResponse.from(slot)) });
  }

  @Get(':id')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'One standing schedule' })
  @Answers(200, { schedule: ScheduleResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ schedule: ScheduleResponse.from(await this.schedules.get(id)) });
  }

  @Get(':id/firings')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'What became of the slots of a schedule, the latest first' })
  @Answers(200, { firings: [ScheduleFiringResponse], pagination: Pagination }, 400, 404)
  async listFirings(@Param('id', IdPipe) id: number, @Query() query: PageQuery) {
    const { firings, pagination } = await this.schedules.listFirings(id, pageRequest(query));
    return success({ firings: firings.map((firing) => ScheduleFiringResponse.from(firing)), pagination });
  }

  @Put(':id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Replace what a schedule says; its next slot is the first after now' })
  @Answers(200, { schedule: ScheduleResponse }, 400, 404, 409)
  async change(
    @Caller() caller: Principal,
    @Param('id', IdPipe) id: number,
    @Body() { version, ...body }: ChangeScheduleDto,
  ) {
    const schedule = await this.schedules.change(caller, id, scheduleTermsOf(body), version);
    return success(
      { schedule: ScheduleResponse.from(schedule) },
      'Remediation schedule updated successfully',
    );
  }

  @Delete(':id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Remove a schedule; what it proposed stays' })
  @Answers(200, {}, 400, 404, 409)
  async remove(@Param('id', IdPipe) id: number, @Query() { version }: DeleteScheduleQuery) {
    await this.schedules.remove(id, version);
    return success({}, `Remediation schedule with ID ${id} deleted successfully`);
  }
}
