import { Readable } from 'node:stream';

import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Requires } from '../auth/access';
import { InvalidInput } from '../common/errors/domain-error';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { ErrorResponse } from '../common/http/error.response';
import { Clock } from '../common/time/clock';
import { ExportQuery, ReportQuery } from './anomaly.dto';
import { AnomalyReportResponse, AnomalyStatsResponse } from './anomaly.response';
import { exportCsv, exportJson, reportCsv } from './anomaly-export.response';
import { AnomalyListService } from './anomaly-list.service';
import { filterOf, rangeOf } from './anomaly-request.dto';

const DAY_MS = 86_400_000;
const REPORT_DAYS = 30;
const MAX_REPORT_DAYS = 400;

@ApiTags('Anomalies')
@Controller('api/anomalies')
export class AnomalyReportController {
  constructor(
    private readonly lists: AnomalyListService,
    private readonly clock: Clock,
  ) {}

  @Get('stats')
  @Requires('anomalies:read')
  @ApiOperation({ summary: 'How many anomalies there are, by severity, status and source' })
  @Answers(200, { stats: AnomalyStatsResponse })
  async stats() {
    return success({ stats: await this.lists.stats() });
  }

  @Get('report')
  @Requires('anomalies:read')
  @ApiOperation({ summary: 'Opened and resolved per day, time to acknowledge and to resolve, top series' })
  @ApiProduces('application/json', 'text/csv')
  @Answers(200, { report: AnomalyReportResponse }, 400)
  async report(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { to = this.clock.now(), from = new Date(to.getTime() - REPORT_DAYS * DAY_MS) } = rangeOf(
      query.from,
      query.to,
    );
    if (from >= to) throw new InvalidInput('from must be before to');
    if (to.getTime() - from.getTime() > MAX_REPORT_DAYS * DAY_MS)
      throw new InvalidInput(`A report covers at most ${MAX_REPORT_DAYS} days`);
    const report = await this.lists.report(from, to);
    if (query.format !== 'csv') return success({ report });
    asFile(reply, 'anomaly-report.csv', 'text/csv; charset=utf-8');
    return reportCsv(report);
  }

  @Get('export')
  @Requires('anomalies:read')
  @ApiOperation({ summary: 'Every matching anomaly as a file, streamed' })
  @ApiProduces('text/csv', 'application/json')
  @ApiResponse({
    status: 200,
    description: 'A file; text that a spreadsheet would run as a formula is quoted',
    schema: { type: 'string', format: 'binary' },
  })
  @ApiResponse({
    status: 400,
    description: 'The input breaks a rule; the message names it',
    type: ErrorResponse,
  })
  export(@Query() query: ExportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const filter = filterOf(query);
    const from =
      filter.from ??
      (query.days === undefined ? undefined : new Date(this.clock.now().getTime() - query.days * DAY_MS));
    const rows = this.lists.export({ ...filter, from });
    const day = this.clock.now().toISOString().slice(0, 10);
    if (query.format === 'json') {
      asFile(reply, `anomalies-${day}.json`, 'application/json; charset=utf-8');
      return Readable.from(exportJson(rows));
    }
    asFile(reply, `anomalies-${day}.csv`, 'text/csv; charset=utf-8');
    return Readable.from(exportCsv(rows));
  }
}

function asFile(reply: FastifyReply, name: string, type: string): void {
  void reply.header('content-disposition', `attachment; filename="${name}"`).type(type);
}
