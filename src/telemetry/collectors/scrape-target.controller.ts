import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { Flag, Integer, JsonObject, Text } from '../../common/validation/fields';
import { ScrapeTarget } from './scrape-target.entity';
import { ScrapeTargetService } from './scrape-target.service';

const DEFAULT_INTERVAL_SECONDS = 15;

class AddScrapeTargetDto {
  @Text(100, { description: 'Becomes the label job', example: 'node' })
  name: string;

  @Text(2_000, { example: 'http://127.0.0.1:9100/metrics' })
  url: string;

  @Integer(1, 3_600, { required: false, description: `Default ${DEFAULT_INTERVAL_SECONDS}` })
  interval_seconds?: number;

  @JsonObject({ required: false, description: 'Added to every series of the page', example: { env: 'prod' } })
  labels?: Record<string, string>;
}

class ChangeScrapeTargetDto {
  @Flag({ required: false })
  is_enabled?: boolean;

  @Integer(1, 3_600, { required: false })
  interval_seconds?: number;
}

class ScrapeTargetResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty() url: string;
  @ApiProperty({ type: 'integer' }) interval_seconds: number;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) labels: Record<string, string>;
  @ApiProperty() is_enabled: boolean;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) last_scraped_at: Date | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last scrape failed; null where it did not',
  })
  last_error: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) last_sample_count: number | null;

  static from(row: ScrapeTarget): ScrapeTargetResponse {
    return {
      id: row.id,
      name: row.name,
      url: row.url,
      interval_seconds: row.intervalSeconds,
      labels: row.labels,
      is_enabled: row.isEnabled,
      created_by: row.createdBy,
      created_at: row.createdAt,
      last_scraped_at: row.lastScrapedAt,
      last_error: row.lastError,
      last_sample_count: row.lastSampleCount,
    };
  }
}

@ApiTags('Telemetry')
@Controller('api/telemetry/targets')
export class ScrapeTargetController {
  constructor(private readonly targets: ScrapeTargetService) {}

  @Get()
  @Requires('telemetry:read')
  @ApiOperation({ summary: 'Prometheus pages that are scraped, and how that went last' })
  @Answers(200, { targets: [ScrapeTargetResponse] })
  async list() {
    return success({
      targets: (await this.targets.list()).map((target) => ScrapeTargetResponse.from(target)),
    });
  }

  @Post()
  @Requires('telemetry:manage')
  @ApiOperation({ summary: 'Scrape a Prometheus page; its host must be on the egress allow-list' })
  @Answers(201, { target: ScrapeTargetResponse }, 400, 409)
  async add(@Body() { name, url, interval_seconds, labels }: AddScrapeTargetDto) {
    const target = await this.targets.add(
      name,
      url,
      interval_seconds ?? DEFAULT_INTERVAL_SECONDS,
      labels ?? {},
    );
    return success({ target: ScrapeTargetResponse.from(target) }, 'Scrape target created successfully');
  }

  @Put(':id')
  @Requires('telemetry:manage')
  @ApiOperation({ summary: 'Switch scraping of a page on or off, or change how often' })
  @Answers(200, { target: ScrapeTargetResponse }, 400, 404)
  async change(
    @Param('id', IdPipe) id: number,
    @Body() { is_enabled, interval_seconds }: ChangeScrapeTargetDto,
  ) {
    const change = {
      ...(is_enabled !== undefined && { isEnabled: is_enabled }),
      ...(interval_seconds !== undefined && { intervalSeconds: interval_seconds }),
    };
    const target = await this.targets.change(id, change);
    return success({ target: ScrapeTargetResponse.from(target) }, 'Scrape target updated successfully');
  }

  @Delete(':id')
  @Requires('telemetry:manage')
  @ApiOperation({ summary: 'Stop scraping a page; its series stay' })
  @Answers(200, {}, 400, 404)
  async remove(@Param('id', IdPipe) id: number) {
    await this.targets.remove(id);
    return success({}, `Scrape target with ID ${id} deleted successfully`);
  }
}
