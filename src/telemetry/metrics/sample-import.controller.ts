import { Readable } from 'node:stream';

import { Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Requires } from '../../auth/access';
import { InvalidInput } from '../../common/errors/domain-error';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { PageQuery, pageRequest, Pagination } from '../../common/http/pagination';
import { readLabelPairs } from './sample-body';
import { SampleImport } from './sample-import.entity';
import { SampleImportService } from './sample-import.service';
import { ImportQuery } from './samples.dto';

class SampleImportResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ type: 'integer' }) series_id: number;
  @ApiProperty({ enum: ['running', 'completed', 'failed'] }) status: string;
  @ApiProperty({ type: 'integer', description: 'Rows read so far; stored once completed' }) rows: number;
  @ApiProperty({ type: 'integer', description: 'Rows without a value, skipped' }) missing_rows: number;
  @ApiProperty({ type: 'integer' }) bytes: number;
  @ApiProperty({ type: 'integer', nullable: true }) total_bytes: number | null;
  @ApiProperty({ type: Number, nullable: true, description: '0 to 1, where the size is known' }) progress:
    number | null;
  @ApiProperty({ type: String, nullable: true }) error: string | null;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finished_at: Date | null;

  static from(row: SampleImport): SampleImportResponse {
    return {
      id: row.id,
      series_id: row.seriesId,
      status: row.status,
      rows: row.rows,
      missing_rows: row.missingRows,
      bytes: row.bytes,
      total_bytes: row.totalBytes,
      progress:
        row.status === 'completed' ? 1 : row.totalBytes ? Math.min(row.bytes / row.totalBytes, 1) : null,
      error: row.error,
      created_by: row.createdBy,
      created_at: row.createdAt,
      finished_at: row.finishedAt,
    };
  }
}

const CSV = { types: ['text/csv'], as: 'stream' } as const;

@ApiTags('Telemetry')
@Controller('api/telemetry/imports')
export class SampleImportController {
  constructor(private readonly imports: SampleImportService) {}

  @Post()
  @Requires('telemetry:write', { body: CSV, isIdempotent: false })
  @ApiOperation({
    summary: 'Import a CSV file of timestamp,value into one series; whole or not at all',
    description:
      'A header names the columns. Times are ISO 8601, `YYYY-MM-DD HH:MM:SS` (UTC), or seconds or milliseconds since 1970. Detection runs over it on the data’s own clock.',
  })
  @ApiConsumes('text/csv')
  @ApiBody({
    schema: {
      type: 'string',
      example: 'timestamp,value\n2014-02-14 14:30:00,0.132\n2014-02-14 14:35:00,0.134\n',
    },
  })
  @Answers(201, { import: SampleImportResponse }, 400, 413, 415)
  async import(@Query() { name, labels }: ImportQuery, @Req() request: FastifyRequest) {
    if (!(request.body instanceof Readable)) throw new InvalidInput('No data provided');
    // Read here and not by a decorator, which would document it as something to send.
    const length = request.headers['content-length'];
    const totalBytes = length === undefined ? null : Number(length);
    const done = await this.imports.import(name, readLabelPairs(labels), request.body, totalBytes);
    return success({ import: SampleImportResponse.from(done) }, `${done.rows} samples imported`);
  }

  @Get()
  @Requires('telemetry:read')
  @ApiOperation({ summary: 'Imports, newest first' })
  @Answers(200, { imports: [SampleImportResponse], pagination: Pagination }, 400)
  async list(@Query() query: PageQuery) {
    const { imports, pagination } = await this.imports.list(pageRequest(query));
    return success({ imports: imports.map((row) => SampleImportResponse.from(row)), pagination });
  }

  @Get(':id')
  @Requires('telemetry:read')
  @ApiOperation({ summary: 'How far an import has come' })
  @Answers(200, { import: SampleImportResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ import: SampleImportResponse.from(await this.imports.get(id)) });
  }
}
