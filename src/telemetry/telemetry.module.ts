import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AlertController } from './alerts/alert.controller';
import { AlertRepository } from './alerts/alert.repository';
import { AlertChangeRepository } from './alerts/alert-change.repository';
import { AlertExpiry } from './alerts/alert-expiry.service';
import { AlertFeed } from './alerts/alert-feed.service';
import { AlertIntake } from './alerts/alert-intake.service';
import { AlertListService } from './alerts/alert-list.service';
import { AlertWriter } from './alerts/alert-writer.service';
import { AlertmanagerAlertsController } from './alerts/alertmanager/alertmanager-alerts.controller';
import { AlertmanagerSilencesController } from './alerts/alertmanager/alertmanager-silences.controller';
import { AlertmanagerStatusController } from './alerts/alertmanager/alertmanager-status.controller';
import { SilenceRepository } from './alerts/silence.repository';
import { SilenceService } from './alerts/silence.service';
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
    AlertController,
    AlertmanagerAlertsController,
    AlertmanagerSilencesController,
    AlertmanagerStatusController,
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
    AlertRepository,
    AlertChangeRepository,
    AlertFeed,
    AlertWriter,
    AlertIntake,
    AlertExpiry,
    AlertListService,
    SilenceRepository,
    SilenceService,
    TelemetryService,
  ],
  exports: [TelemetryService],
})
export class TelemetryModule {}
