import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { InvalidInput } from '../../common/errors/domain-error';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { PageQuery, pageRequest, paginate, Pagination } from '../../common/http/pagination';
import { Instant, Integer, JsonObject, Text } from '../../common/validation/fields';
import { MAX_SETTLE_SECONDS } from './change-event';
import { ChangeEventEntity } from './change-event.entity';
import { ChangeEventService } from './change-event.service';

class RecordChangeDto {
  @Text(1_000, { example: 'checkout 2.4.1 deployed' })
  summary: string;

  @Text(200, { required: false, description: 'What was changed', example: 'checkout' })
  service?: string;

  @Text(200, { required: false, description: 'Who tells; default api', example: 'ci' })
  source?: string;

  @Instant({ required: false, description: 'Default now' })
  at?: string;

  @Integer(0, MAX_SETTLE_SECONDS, {
    required: false,
    description:
      'How long it may take to settle: until then what detection finds on the service is held unless it is critical. Default CHANGE_SETTLE_SECONDS, at most CHANGE_SETTLE_MAX_SECONDS counts',
    example: 600,
  })
  settle_seconds?: number;

  @JsonObject({ required: false, example: { version: '2.4.1' } })
  details?: Record<string, unknown>;
}

class ListChangesQuery extends PageQuery {
  @Text(200, { required: false })
  service?: string;

  @Instant({ required: false, description: 'Changes at or after this time' })
  from?: string;

  @Instant({ required: false, description: 'Changes before this time' })
  to?: string;
}

class ChangeResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() summary: string;
  @ApiProperty({ type: String, nullable: true }) service: string | null;
  @ApiProperty() source: string;
  @ApiProperty({ type: String, format: 'date-time' }) at: Date;
  @ApiProperty({ type: 'integer', nullable: true, description: 'As its sender told it' })
  settle_seconds: number | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) details: Record<string, unknown>;
  @ApiProperty({ type: 'integer', nullable: true }) integration_id: number | null;
  @ApiProperty({ type: String, format: 'date-time' }) received_at: Date;

  static from(row: ChangeEventEntity): ChangeResponse {
    return {
      id: row.id,
      summary: row.summary,
      service: row.service,
      source: row.source,
      at: row.changedAt,
      settle_seconds: row.settleSeconds,
      details: row.details,
      integration_id: row.integrationId,
      received_at: row.receivedAt,
    };
  }
}

@ApiTags('Changes')
@Controller('api/changes')
export class ChangeEventController {
  constructor(private readonly changes: ChangeEventService) {}

  @Get()
  @Requires('alerts:read')
  @ApiOperation({ summary: 'What was changed on purpose, newest first' })
  @Answers(200, { changes: [ChangeResponse], pagination: Pagination }, 400)
  async list(@Query() query: ListChangesQuery) {
    const { service, from, to } = query;
    if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to))
      throw new InvalidInput('from must be before to');
    const page = pageRequest(query);
    const filter = {
      service,
      ...(from !== undefined && { from: new Date(from) }),
      ...(to !== undefined && { to: new Date(to) }),
    };
    const [rows, total] = await this.changes.list(filter, page);
    return success({
      changes: rows.map((row) => ChangeResponse.from(row)),
      pagination: paginate(page, total),
    });
  }

  @Get(':id')
  @Requires('alerts:read')
  @ApiOperation({ summary: 'One change' })
  @Answers(200, { change: ChangeResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ change: ChangeResponse.from(await this.changes.get(id)) });
  }

  @Post()
  @Requires('alerts:write')
  @ApiOperation({
    summary: 'Report a change: a deployment, a new setting',
    description:
      'While it settles, what detection finds on its service opens no anomaly unless it is critical. What goes on after that opens one then; what recovered meanwhile never does.',
  })
  @Answers(201, { change: ChangeResponse }, 400)
  async record(@Body() { summary, service, source, at, settle_seconds, details }: RecordChangeDto) {
    const row = await this.changes.record({
      source: source ?? 'api',
      service: service ?? null,
      summary,
      atMs: at === undefined ? null : Date.parse(at),
      settleSeconds: settle_seconds ?? null,
      details: details ?? {},
    });
    return success({ change: ChangeResponse.from(row) }, 'Change recorded successfully');
  }
}
