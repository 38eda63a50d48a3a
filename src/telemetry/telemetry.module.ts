import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { HostCollector } from './collectors/host-collector.service';
import { PostgresReadingRepository } from './collectors/postgres-reading.repository';
import { ScrapeCollector } from './collectors/scrape-collector.service';
import { ScrapeTargetController } from './collectors/scrape-target.controller';
import { ScrapeTargetRepository } from './collectors/scrape-target.repository';
import { ScrapeTargetService } from './collectors/scrape-target.service';
import { CompactionService } from './metrics/compaction.service';
import { IngestService } from './metrics/ingest.service';
import { SampleRepository } from './metrics/sample.repository';
import { SampleFeed } from './metrics/sample-feed.service';
import { SampleImportController } from './metrics/sample-import.controller';
import { SampleImportRepository } from './metrics/sample-import.repository';
import { SampleImportService } from './metrics/sample-import.service';
import { SampleQueryController } from './metrics/sample-query.controller';
import { SampleQueryService } from './metrics/sample-query.service';
import { SampleRetentionService } from './metrics/sample-retention.service';
import { SampleWriter } from './metrics/sample-writer.service';
import { SeriesController } from './metrics/series.controller';
import { SeriesRepository } from './metrics/series.repository';
import { SeriesService } from './metrics/series.service';
import { SeriesRegistry } from './metrics/series-registry.service';
import { OtlpController } from './protocols/otlp.controller';
import { RemoteWriteController } from './protocols/remote-write.controller';
import { WireIntake } from './protocols/wire-intake.service';
import { TELEMETRY_ENTITIES } from './telemetry.entities';
import { TelemetryService } from './telemetry.service';

@Module({
  imports: [TypeOrmModule.forFeature(TELEMETRY_ENTITIES)],
  controllers: [
    SeriesController,
    SampleQueryController,
    SampleImportController,
    ScrapeTargetController,
    RemoteWriteController,
    OtlpController,
  ],
  providers: [
    SeriesRepository,
    SeriesRegistry,
    SampleRepository,
    SampleFeed,
    SampleWriter,
    IngestService,
    WireIntake,
    SeriesService,
    SampleQueryService,
    CompactionService,
    SampleRetentionService,
    SampleImportRepository,
    SampleImportService,
    PostgresReadingRepository,
    HostCollector,
    ScrapeTargetRepository,
    ScrapeTargetService,
    ScrapeCollector,
    TelemetryService,
  ],
  exports: [TelemetryService],
})
export class TelemetryModule {}
