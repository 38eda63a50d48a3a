import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../auth/access';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { LogTail } from '../observability/log-tail';
import { newestEntries } from './log-entries';
import { LogEntryResponse, LogsQuery } from './logs.response';

const DEFAULT_LINES = 100;

@ApiTags('Administration')
@Controller('monitoring/logs')
export class LogsController {
  constructor(private readonly tail: LogTail) {}

  @Get()
  @Requires('system:manage')
  @ApiOperation({ summary: 'The last lines that this process logged, oldest first' })
  @Answers(200, { logs: [LogEntryResponse] }, 400)
  listLogs(@Query() { level = 'trace', limit = DEFAULT_LINES }: LogsQuery) {
    const entries = newestEntries(this.tail.last(Infinity), level, limit);
    return success({ logs: entries.map((entry) => LogEntryResponse.from(entry)) });
  }
}
