import { ApiProperty } from '@nestjs/swagger';

import { OneOf, QueryInteger } from '../common/validation/fields';
import type { LogLevel } from './log-entries';
import { LOG_LEVELS, LogEntry } from './log-entries';

export class LogsQuery {
  @OneOf(LOG_LEVELS, { required: false, description: 'Only lines that are at least this severe' })
  level?: LogLevel;

  @QueryInteger(1, 500, { description: 'Default 100' })
  limit?: number;
}

export class LogEntryResponse {
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) time: string | null;
  @ApiProperty({ enum: LOG_LEVELS, nullable: true, description: 'null where a line was cut short' })
  level: LogLevel | null;
  @ApiProperty() message: string;
  @ApiProperty({ type: String, nullable: true }) request_id: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Whatever else the line holds' })
  details: object;

  static from({ time, level, message, requestId, details }: LogEntry): LogEntryResponse {
    return { time, level, message, request_id: requestId, details };
  }
}
