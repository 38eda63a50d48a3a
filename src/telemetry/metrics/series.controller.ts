import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { pageRequest, Pagination } from '../../common/http/pagination';
import { BODY_LIMIT_BYTES, type BodyTraits } from '../../common/http/request-body';
import { Clock } from '../../common/time/clock';
import { IngestService } from './ingest.service';
import { readTimeRange, readView } from './range-view';
import { readLabelPairs, readSamples } from './sample-body';
import { SampleQueryService } from './sample-query.service';
import { ListSeriesQuery, RangeQuery, SendSamplesDto } from './samples.dto';
import { BucketResponse, pairsOf, SeriesResponse } from './series.response';
import { SeriesService } from './series.service';

const SAMPLES: BodyTraits = { types: ['application/json'], as: 'json', limitBytes: BODY_LIMIT_BYTES };

@ApiTags('Telemetry')
@Controller('api/telemetry')
export class SeriesController {
  constructor(
    private readonly series: SeriesService,
    private readonly samples: SampleQueryService,
    private readonly ingest: IngestService,
    private readonly clock: Clock,
  ) {}

  @Post('samples')
  @Requires('telemetry:write', { isIdempotent: false, body: SAMPLES })
  @ApiOperation({ summary: 'Send samples; the answer means that they are stored' })
  @Answers(201, { accepted: 'integer' }, 400, 413, 415, 429)
  async send(@Body() { samples }: SendSamplesDto) {
    const accepted = await this.ingest.ingest(readSamples(samples, this.clock.now().getTime()));
    return success({ accepted }, `${accepted} samples stored`);
  }

  @Get('series')
  @Requires('telemetry:read')
  @ApiOperation({ summary: 'Known series, newest first' })
  @Answers(200, { series: [SeriesResponse], pagination: Pagination }, 400)
  async list(@Query() query: ListSeriesQuery) {
    const labels = query.labels === undefined ? undefined : readLabelPairs(query.labels);
    const { series, pagination } = await this.series.list(
      { name: query.name, search: query.search, labels },
      pageRequest(query),
    );
    return success({ series: series.map((one) => SeriesResponse.from(one)), pagination });
  }

  @Get('series/:id')
  @Requires('telemetry:read')
  @ApiOperation({ summary: 'One series' })
  @Answers(200, { series: SeriesResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ series: SeriesResponse.from(await this.series.get(id)) });
  }

  @Get('series/:id/samples')
  @Requires('telemetry:read')
  @ApiOperation({
    summary: 'Samples of a series in a time range, oldest first',
    description:
      'Without `step`, `samples` holds [time, value] pairs as stored, the newest 10,000 at most. With it, `buckets` holds min, max, mean, last, count and sum of each step; with `aggregate` or `function` as well, `samples` holds pairs of that number. `points` thins the samples out for a plot. See `GET /api/telemetry/query` for what each means.',
  })
  @Answers(
    200,
    { series: SeriesResponse, 'samples?': 'pairs', 'buckets?': [BucketResponse], truncated: 'boolean' },
    400,
    404,
  )
  async readRange(@Param('id', IdPipe) id: number, @Query() query: RangeQuery) {
    const series = await this.series.get(id);
    const range = readTimeRange(query, this.clock.now().getTime());
    const view = readView(query, range);
    const answer = { series: SeriesResponse.from(series), truncated: false };
    if (view.kind === 'buckets') {
      const buckets = await this.samples.readBuckets(series, range, view.stepMs);
      return success({ ...answer, buckets: buckets.map((bucket) => BucketResponse.from(bucket)) });
    }
    const { series: found, truncated } = await this.samples.read([series], range, view);
    return success({ ...answer, samples: found.flatMap(({ points }) => pairsOf(points)), truncated });
  }

  @Delete('series/:id')
  @Requires('telemetry:manage')
  @ApiOperation({ summary: 'Remove a series with all its samples' })
  @Answers(200, {}, 400, 404)
  async delete(@Param('id', IdPipe) id: number) {
    await this.series.delete(id);
    return success({}, `Series with ID ${id} deleted successfully`);
  }
}
