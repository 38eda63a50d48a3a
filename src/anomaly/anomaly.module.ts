import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { MlModule } from '../ml/ml.module';
import { AnomalyController } from './anomaly.controller';
import { ANOMALY_ENTITIES } from './anomaly.entities';
import { AnomalyRepository } from './anomaly.repository';
import { AnomalyService } from './anomaly.service';
import { AnomalyHistoryRepository } from './anomaly-history.repository';
import { AnomalyListService } from './anomaly-list.service';
import { AnomalyReportController } from './anomaly-report.controller';
import { AnomalyReportRepository } from './anomaly-report.repository';
import { AnomalyRetentionRepository } from './anomaly-retention.repository';
import { AnomalyRetentionService } from './anomaly-retention.service';
import { AnomalyStreamController } from './anomaly-stream.controller';
import { AnomalyStreamService } from './anomaly-stream.service';
import { FindingsService } from './findings.service';
import { FoldCountsJob } from './fold-counts.job';

@Module({
  imports: [TypeOrmModule.forFeature(ANOMALY_ENTITIES), MlModule],
  controllers: [AnomalyController, AnomalyReportController, AnomalyStreamController],
  providers: [
    AnomalyRepository,
    AnomalyHistoryRepository,
    AnomalyReportRepository,
    AnomalyRetentionService,
    AnomalyRetentionRepository,
    AnomalyService,
    AnomalyListService,
    AnomalyStreamService,
    FindingsService,
    FoldCountsJob,
  ],
  exports: [AnomalyService],
})
export class AnomalyModule {}
