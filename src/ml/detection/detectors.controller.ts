import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { PageQuery, pageRequest, Pagination } from '../../common/http/pagination';
import { Flag, OneOf, Text } from '../../common/validation/fields';
import type { DetectorPreset } from '../detectors/detector.types';
import { DetectorResponse } from './detector.response';
import { DetectorsService } from './detectors.service';

class ListDetectorsQuery extends PageQuery {
  @Text(256, { required: false, description: 'Part of the metric name' })
  search?: string;
}

class TuneDetectorDto {
  @OneOf(['quiet', 'normal', 'sensitive'], {
    required: false,
    description: 'How willingly the detector alarms',
  })
  preset?: DetectorPreset;

  @Flag({
    required: false,
    description:
      'Averages speak only once their window is full: finds slow level shifts sooner, guesses more elsewhere',
  })
  strict_windows?: boolean;
}

@ApiTags('Detection')
@Controller('api/ml/detectors')
export class DetectorsController {
  constructor(private readonly detectors: DetectorsService) {}

  @Get()
  @Requires('ml:read')
  @ApiOperation({ summary: 'Detectors, one a series, with readiness, band and last score' })
  @Answers(200, { detectors: [DetectorResponse], pagination: Pagination }, 400)
  async list(@Query() query: ListDetectorsQuery) {
    const { detectors, pagination } = await this.detectors.list(query.search, pageRequest(query));
    return success({ detectors: detectors.map((view) => DetectorResponse.from(view)), pagination });
  }

  @Get(':series')
  @Requires('ml:read')
  @ApiOperation({
    summary: 'What a detector knows: readiness, band, and the views and statistics behind its last score',
  })
  @Answers(200, { detector: DetectorResponse }, 400, 404)
  async get(@Param('series', IdPipe) seriesId: number) {
    return success({ detector: DetectorResponse.from(await this.detectors.get(seriesId)) });
  }

  @Put(':series')
  @Requires('ml:tune')
  @ApiOperation({ summary: 'Set how sensitive a detector is; what it learnt stays' })
  @Answers(200, { detector: DetectorResponse }, 400, 404)
  async tune(@Param('series', IdPipe) seriesId: number, @Body() { preset, strict_windows }: TuneDetectorDto) {
    const change = {
      ...(preset !== undefined && { preset }),
      ...(strict_windows !== undefined && { strictWindows: strict_windows }),
    };
    const detector = DetectorResponse.from(await this.detectors.change(seriesId, change, 'detector.tuned'));
    return success({ detector }, 'Detector updated successfully');
  }

  @Post(':series/pause')
  @Requires('ml:tune')
  @ApiOperation({ summary: 'Stop scoring a series; its samples are still stored' })
  @Answers(200, { detector: DetectorResponse }, 400, 404)
  async pause(@Param('series', IdPipe) seriesId: number) {
    const detector = DetectorResponse.from(
      await this.detectors.change(seriesId, { isPaused: true }, 'detector.paused'),
    );
    return success({ detector }, 'Detector paused successfully');
  }

  @Post(':series/resume')
  @Requires('ml:tune')
  @ApiOperation({ summary: 'Score a series again, from the next sample on' })
  @Answers(200, { detector: DetectorResponse }, 400, 404)
  async resume(@Param('series', IdPipe) seriesId: number) {
    const detector = DetectorResponse.from(
      await this.detectors.change(seriesId, { isPaused: false }, 'detector.resumed'),
    );
    return success({ detector }, 'Detector resumed successfully');
  }
}
