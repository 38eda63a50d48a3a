import { Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { idPage, paginateById } from '../../auth/id-page';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { CursorQuery, Pagination } from '../../common/http/pagination';
import { QuarantineService } from '../quarantine/quarantine.service';
import { QuarantinedEventDetail, QuarantinedEventResponse } from '../quarantine/quarantined-event.response';
import { EventReplay } from './event-replay.service';

@ApiTags('Integrations')
@Controller('api/admin/quarantine')
export class QuarantineController {
  constructor(
    private readonly quarantine: QuarantineService,
    private readonly replays: EventReplay,
  ) {}

  @Get()
  @Requires('integrations:manage')
  @ApiOperation({
    summary: 'Events of known senders that could not be taken, newest first; kept for 30 days',
  })
  @Answers(200, { events: [QuarantinedEventResponse], pagination: Pagination }, 400)
  async list(@Query() query: CursorQuery) {
    const page = idPage(query);
    const [events, total] = await this.quarantine.list(page);
    return success({
      events: events.map((event) => QuarantinedEventResponse.from(event)),
      pagination: paginateById(page, events, total),
    });
  }

  @Get(':id')
  @Requires('integrations:manage')
  @ApiOperation({ summary: 'One event in quarantine, with its body' })
  @Answers(200, { event: QuarantinedEventDetail }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ event: QuarantinedEventDetail.from(await this.quarantine.get(id)) });
  }

  @Post(':id/replay')
  @Requires('integrations:manage')
  @ApiOperation({
    summary:
      'Read an event again, as its integration reads events now; where it can be taken, it leaves the quarantine',
  })
  @Answers(200, { accepted: 'integer' }, 400, 404, 409)
  async replay(@Param('id', IdPipe) id: number) {
    return success({ accepted: await this.replays.replay(id) }, `Event ${id} taken`);
  }

  @Delete(':id')
  @Requires('integrations:manage')
  @ApiOperation({ summary: 'Forget an event in quarantine' })
  @Answers(200, {}, 400, 404)
  async drop(@Param('id', IdPipe) id: number) {
    await this.quarantine.drop(id);
    return success({}, `Quarantined event with ID ${id} deleted successfully`);
  }
}
