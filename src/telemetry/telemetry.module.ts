import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AuthModule } from '../auth/auth.module';
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
import { RemediationRailSubscriber } from './alerts/remediation-rail.subscriber';
import { SilenceRepository } from './alerts/silence.repository';
import { SilenceService } from './alerts/silence.service';
import { ChangeEventController } from './changes/change-event.controller';
import { ChangeEventRepository } from './changes/change-event.repository';
import { ChangeEventService } from './changes/change-event.service';
import { HostCollector } from './collectors/host-collector.service';
import { PostgresReadingRepository } from './collectors/postgres-reading.repository';
import { ScrapeCollector } from './collectors/scrape-collector.service';
import { ScrapeTargetController } from './collectors/scrape-target.controller';
import { ScrapeTargetRepository } from './collectors/scrape-target.repository';
import { ScrapeTargetService } from './collectors/scrape-target.service';
import { HeartbeatController } from './heartbeats/heartbeat.controller';
import { HeartbeatRepository } from './heartbeats/heartbeat.repository';
import { HeartbeatService } from './heartbeats/heartbeat.service';
import { HeartbeatWatch } from './heartbeats/heartbeat-watch.service';
import { EventBudgetRepository } from './integrations/event-budget.repository';
import { EventBudgets } from './integrations/event-budgets.service';
import { EventSenders } from './integrations/event-senders.service';
import { IntegrationController } from './integrations/integration.controller';
import { IntegrationRepository } from './integrations/integration.repository';
import { IntegrationService } from './integrations/integration.service';
import { IntegrationActivity } from './integrations/integration-activity.service';
import { Measurements } from './measurements.service';
import { CompactionService } from './metrics/compaction.service';
import { IngestService } from './metrics/ingest.service';
import { SampleRepository } from './metrics/sample.repository';
import { SampleCursorRepository } from './metrics/sample-cursor.repository';
import { SampleFeed } from './metrics/sample-feed.service';
import { SampleImportController } from './metrics/sample-import.controller';
import { SampleImportRepository } from './metrics/sample-import.repository';
import { SampleImportService } from './metrics/sample-import.service';
import { SamplePresenceRepository } from './metrics/sample-presence.repository';
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
import { QuarantineService } from './quarantine/quarantine.service';
import { QuarantinedEventRepository } from './quarantine/quarantined-event.repository';
import { AlertKeyRepository } from './receivers/alert-key.repository';
import { AlertWebhookController } from './receivers/alert-webhook.controller';
import { CloudEventController } from './receivers/cloud-event.controller';
import { EventIntake } from './receivers/event-intake.service';
import { EventReplay } from './receivers/event-replay.service';
import { EventRetentionRepository } from './receivers/event-retention.repository';
import { EventRetention } from './receivers/event-retention.service';
import { EventStore } from './receivers/event-store.service';
import { GrafanaSignatures } from './receivers/grafana-signatures.service';
import { PagerDutyController } from './receivers/pagerduty.controller';
import { QuarantineController } from './receivers/quarantine.controller';
import { SeenEventRepository } from './receivers/seen-event.repository';
import { TELEMETRY_ENTITIES } from './telemetry.entities';
import { TelemetryService } from './telemetry.service';

@Module({
  imports: [TypeOrmModule.forFeature(TELEMETRY_ENTITIES), AuthModule],
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
    IntegrationController,
    AlertWebhookController,
    PagerDutyController,
    CloudEventController,
    QuarantineController,
    ChangeEventController,
    HeartbeatController,
  ],
  providers: [
    SeriesRepository,
    SeriesRegistry,
    SampleRepository,
    SampleCursorRepository,
    SamplePresenceRepository,
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
    RemediationRailSubscriber,
    AlertExpiry,
    AlertListService,
    SilenceRepository,
    SilenceService,
    ChangeEventRepository,
    ChangeEventService,
    HeartbeatRepository,
    HeartbeatService,
    HeartbeatWatch,
    EventBudgetRepository,
    EventBudgets,
    EventSenders,
    IntegrationRepository,
    IntegrationService,
    IntegrationActivity,
    QuarantineService,
    QuarantinedEventRepository,
    AlertKeyRepository,
    SeenEventRepository,
    EventStore,
    EventIntake,
    EventReplay,
    EventRetentionRepository,
    EventRetention,
    GrafanaSignatures,
    Measurements,
    TelemetryService,
  ],
  exports: [Measurements, TelemetryService],
})
export class TelemetryModule {}
