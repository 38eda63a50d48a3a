import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { InvalidInput } from '../../common/errors/domain-error';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { pageRequest, Pagination } from '../../common/http/pagination';
import { Clock } from '../../common/time/clock';
import { downsample } from './downsample';
import { IngestService } from './ingest.service';
import { SampleRepository } from './sample.repository';
import { readLabelPairs, readSamples } from './sample-body';
import { ListSeriesQuery, RangeQuery, SendSamplesDto } from './samples.dto';
import { BucketResponse, SeriesResponse } from './series.response';
import { SeriesService } from './series.service';

const HOUR_MS = 3_600_000;
/** More raw samples than this in one answer help nobody: ask for a step. */
const MAX_RAW_SAMPLES = 10_000;
const MAX_BUCKETS = 11_000;

@ApiTags('Telemetry')
@Controller('api/telemetry')
export class SeriesController {
  constructor(
    private readonly series: SeriesService,
    private readonly samples: SampleRepository,
    private readonly ingest: IngestService,
    private readonly clock: Clock,
  ) {}

  @Post('samples')
  @Requires('telemetry:write', { isIdempotent: false })
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
      'Without `step`, `samples` holds [time, value] pairs as stored. With it, `buckets` holds min, max, mean, last and count of each step; with `aggregate` as well, pairs of that number.',
  })
  @Answers(
    200,
    { series: SeriesResponse, 'samples?': 'pairs', 'buckets?': [BucketResponse], truncated: 'boolean' },
    400,
    404,
  )
  async readRange(@Param('id', IdPipe) id: number, @Query() query: RangeQuery) {
    const series = await this.series.get(id);
    const toMs = query.to === undefined ? this.clock.now().getTime() + 1 : Date.parse(query.to);
    const fromMs = query.from === undefined ? toMs - HOUR_MS : Date.parse(query.from);
    if (fromMs >= toMs) throw new InvalidInput('from must be before to');
    const samples = await this.samples.readRange(id, fromMs, toMs);
    const answer = { series: SeriesResponse.from(series) };
    if (query.step === undefined) {
      const count = Math.min(samples.timesMs.length, MAX_RAW_SAMPLES);
      // The newest matter most where the answer must stop somewhere.
      const first = samples.timesMs.length - count;
      const pairs = Array.from({ length: count }, (_, i) => [
        new Date(samples.timesMs[first + i]).toISOString(),
        jsonNumber(samples.values[first + i]),
      ]);
      return success({ ...answer, samples: pairs, truncated: first > 0 });
    }
    const stepMs = query.step * 1_000;
    if ((toMs - fromMs) / stepMs > MAX_BUCKETS)
      throw new InvalidInput(`step is too small for this range: at most ${MAX_BUCKETS} buckets`);
    const buckets = downsample(samples, { fromMs, toMs, stepMs }).map((bucket) =>
      BucketResponse.from(bucket),
    );
    const { aggregate } = query;
    if (aggregate === undefined) return success({ ...answer, buckets, truncated: false });
    return success({
      ...answer,
      samples: buckets.map((bucket) => [bucket.time, bucket[aggregate]]),
      truncated: false,
    });
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

/** JSON has no infinities and no NaN. */
function jsonNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
