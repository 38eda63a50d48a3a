import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { InvalidInput } from '../../common/errors/domain-error';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { Clock } from '../../common/time/clock';
import { parseSelector } from './matcher-text';
import { readTimeRange, readView } from './range-view';
import { SampleQueryService } from './sample-query.service';
import { SampleQuery } from './samples.dto';
import { QueriedSeriesResponse } from './series.response';

@ApiTags('Telemetry')
@Controller('api/telemetry')
export class SampleQueryController {
  constructor(
    private readonly samples: SampleQueryService,
    private readonly clock: Clock,
  ) {}

  @Get('query')
  @Requires('telemetry:read')
  @ApiOperation({
    summary: 'Samples of every series that a selector matches, in a time range',
    description:
      '`match` selects series as Prometheus does, patterns in RE2 syntax. Without more, samples come as stored, the newest where they are too many (`truncated`). ' +
      'With `step`, one point a step, at its start: `aggregate` of the samples in it, or for counters `function`. Steps without a sample are left out. ' +
      '`increase` is what a counter gained from each sample to the next, in the step of the later one; a value that falls is a restart at zero, a stale marker ends a run. ' +
      '`rate` is that increase by the seconds between these samples. Nothing is extrapolated, unlike in Prometheus. ' +
      'With `points`, at most so many samples that keep the shape of a plot (largest-triangle-three-buckets). ' +
      'All series are read at one moment, and every sample acknowledged before it is seen. A query reads at most 100 series that have samples in the range and answers 100,000 points; series without a point in the range are left out.',
  })
  @Answers(200, { series: [QueriedSeriesResponse], truncated: 'boolean' }, 400)
  async query(@Query() query: SampleQuery) {
    const matchers = parseSelector(query.match);
    const range = readTimeRange(query, this.clock.now().getTime());
    const view = readView(query, range);
    if (view.kind === 'buckets') throw new InvalidInput('step needs an aggregate or a function');
    const { series, truncated } = await this.samples.query(matchers, range, view);
    return success({ series: series.map((one) => QueriedSeriesResponse.from(one)), truncated });
  }
}
