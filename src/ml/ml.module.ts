import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { TelemetryModule } from '../telemetry/telemetry.module';
import { DetectionService } from './detection/detection.service';
import { DetectionGauges } from './detection/detection-gauges.service';
import { DetectorRepository } from './detection/detector.repository';
import { DetectorsController } from './detection/detectors.controller';
import { DetectorsService } from './detection/detectors.service';
import { SeriesSubscriber } from './detection/series.subscriber';
import { SeriesGroupsController } from './detection/series-groups.controller';
import { Watchlist } from './detection/watchlist.service';
import { ML_ENTITIES } from './ml.entities';
import { MlService } from './ml.service';

@Module({
  imports: [TypeOrmModule.forFeature(ML_ENTITIES), TelemetryModule],
  controllers: [DetectorsController, SeriesGroupsController],
  providers: [
    DetectorRepository,
    Watchlist,
    DetectionService,
    DetectionGauges,
    DetectorsService,
    SeriesSubscriber,
    MlService,
  ],
  exports: [MlService],
})
export class MlModule {}
