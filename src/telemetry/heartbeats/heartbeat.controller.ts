import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { InvalidInput } from '../../common/errors/domain-error';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { Field, Flag, Integer, JsonObject, Text } from '../../common/validation/fields';
import { Heartbeat } from './heartbeat.entity';
import { HeartbeatService } from './heartbeat.service';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const YEAR_SECONDS = 31_622_400;
const WEEK_SECONDS = 604_800;
const DEFAULT_SEVERITY = 'critical';

const LABELS = { required: false, description: 'Of the alert; texts', example: { team: 'data' } };

class AddHeartbeatDto {
  @Field(
    (value) =>
      typeof value === 'string' && NAME.test(value)
        ? null
        : 'name must be 1 to 100 letters, digits, dots, dashes or underscores',
    { type: String, pattern: NAME.source },
    { example: 'nightly-backup' },
  )
  name: string;

  @Integer(10, YEAR_SECONDS, { example: 86_400, description: 'How often it must tell that it lives' })
  interval_seconds: number;

  @Integer(0, WEEK_SECONDS, { required: false, description: 'How much later it may come; default a tenth' })
  grace_seconds?: number;

  @Text(100, { required: false, description: `Of the alert; default ${DEFAULT_SEVERITY}` })
  severity?: string;

  @JsonObject(LABELS)
  labels?: Record<string, string>;
}

class ChangeHeartbeatDto {
  @Integer(10, YEAR_SECONDS, { required: false })
  interval_seconds?: number;

  @Integer(0, WEEK_SECONDS, { required: false })
  grace_seconds?: number;

  @Text(100, { required: false })
  severity?: string;

  @JsonObject(LABELS)
  labels?: Record<string, string>;

  @Flag({ required: false })
  is_enabled?: boolean;
}

class HeartbeatResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty({ enum: ['disabled', 'missed', 'alive', 'waiting'] }) status: string;
  @ApiProperty({ type: 'integer' }) interval_seconds: number;
  @ApiProperty({ type: 'integer' }) grace_seconds: number;
  @ApiProperty() severity: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) labels: Record<string, string>;
  @ApiProperty() is_enabled: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) last_beat_at: Date | null;
  @ApiProperty({ type: String, format: 'date-time', description: 'When the next beat is overdue' })
  due_at: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) missed_at: Date | null;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;

  static from(row: Heartbeat): HeartbeatResponse {
    const seconds = row.intervalSeconds + row.graceSeconds;
    return {
      id: row.id,
      name: row.name,
      status: statusOf(row),
      interval_seconds: row.intervalSeconds,
      grace_seconds: row.graceSeconds,
      severity: row.severity,
      labels: row.labels,
      is_enabled: row.isEnabled,
      last_beat_at: row.lastBeatAt,
      due_at: new Date(row.waitingSince.getTime() + seconds * 1_000),
      missed_at: row.missedAt,
      created_by: row.createdBy,
      created_at: row.createdAt,
    };
  }
}

@ApiTags('Heartbeats')
@Controller('api/heartbeats')
export class HeartbeatController {
  constructor(private readonly heartbeats: HeartbeatService) {}

  @Get()
  @Requires('alerts:read')
  @ApiOperation({ summary: 'Everything that must tell that it lives, by name' })
  @Answers(200, { heartbeats: [HeartbeatResponse] })
  async list() {
    const heartbeats = await this.heartbeats.list();
    return success({ heartbeats: heartbeats.map((row) => HeartbeatResponse.from(row)) });
  }

  @Get(':id')
  @Requires('alerts:read')
  @ApiOperation({ summary: 'One heartbeat' })
  @Answers(200, { heartbeat: HeartbeatResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ heartbeat: HeartbeatResponse.from(await this.heartbeats.get(id)) });
  }

  @Post()
  @Requires('heartbeats:manage')
  @ApiOperation({ summary: 'Create a heartbeat: from now on its silence is an alert' })
  @Answers(201, { heartbeat: HeartbeatResponse }, 400, 409)
  async add(@Body() { name, interval_seconds, grace_seconds, severity, labels }: AddHeartbeatDto) {
    const heartbeat = await this.heartbeats.add({
      name,
      intervalSeconds: interval_seconds,
      graceSeconds: grace_seconds ?? Math.min(Math.ceil(interval_seconds / 10), WEEK_SECONDS),
      severity: severity ?? DEFAULT_SEVERITY,
      labels: labels ?? {},
    });
    return success({ heartbeat: HeartbeatResponse.from(heartbeat) }, 'Heartbeat created successfully');
  }

  @Put(':id')
  @Requires('heartbeats:manage')
  @ApiOperation({
    summary: 'Change a heartbeat, or switch it on or off; what is left out stays, and waiting begins anew',
  })
  @Answers(200, { heartbeat: HeartbeatResponse }, 400, 404)
  async change(
    @Param('id', IdPipe) id: number,
    @Body() { interval_seconds, grace_seconds, severity, labels, is_enabled }: ChangeHeartbeatDto,
  ) {
    const heartbeat = await this.heartbeats.change(id, {
      ...(interval_seconds !== undefined && { intervalSeconds: interval_seconds }),
      ...(grace_seconds !== undefined && { graceSeconds: grace_seconds }),
      ...(severity !== undefined && { severity }),
      ...(labels !== undefined && { labels }),
      ...(is_enabled !== undefined && { isEnabled: is_enabled }),
    });
    return success({ heartbeat: HeartbeatResponse.from(heartbeat) }, 'Heartbeat updated successfully');
  }

  @Delete(':id')
  @Requires('heartbeats:manage')
  @ApiOperation({ summary: 'Remove a heartbeat; an alert that fires for it is over' })
  @Answers(200, {}, 400, 404)
  async remove(@Param('id', IdPipe) id: number) {
    await this.heartbeats.remove(id);
    return success({}, `Heartbeat with ID ${id} deleted successfully`);
  }

  @Post(':name/beat')
  @Requires('alerts:write', { isIdempotent: false })
  @ApiOperation({ summary: 'Tell that something lives; sending it twice is sending it once' })
  @Answers(200, { heartbeat: HeartbeatResponse }, 400, 404)
  async beat(@Param('name') name: string) {
    if (!NAME.test(name)) throw new InvalidInput('name is not the name of a heartbeat');
    return success({ heartbeat: HeartbeatResponse.from(await this.heartbeats.beat(name)) });
  }
}

function statusOf({ isEnabled, missedAt, lastBeatAt }: Heartbeat): string {
  if (!isEnabled) return 'disabled';
  if (missedAt !== null) return 'missed';
  return lastBeatAt === null ? 'waiting' : 'alive';
}
