import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { MlModule } from '../ml/ml.module';
import { TelemetryModule } from '../telemetry/telemetry.module';
import { AlertAnomalies } from './alerts/alert-anomalies.service';
import { AlertAnomalyRepository } from './alerts/alert-anomaly.repository';
import { AnomalyController } from './anomaly.controller';
import { ANOMALY_ENTITIES } from './anomaly.entities';
import { AnomalyRepository } from './anomaly.repository';
import { AnomalyService } from './anomaly.service';
import { AnomalyCourseRepository } from './anomaly-course.repository';
import { AnomalyCourses } from './anomaly-courses.service';
import { AnomalyCursorRepository } from './anomaly-cursor.repository';
import { AnomalyFeed } from './anomaly-feed.service';
import { AnomalyHistoryRepository } from './anomaly-history.repository';
import { AnomalyListRepository } from './anomaly-list.repository';
import { AnomalyListService } from './anomaly-list.service';
import { AnomalyMarkRepository } from './anomaly-mark.repository';
import { AnomalyMarks } from './anomaly-marks.service';
import { AnomalyOpening } from './anomaly-opening.service';
import { AnomalyReportController } from './anomaly-report.controller';
import { AnomalyReportRepository } from './anomaly-report.repository';
import { AnomalyRetentionRepository } from './anomaly-retention.repository';
import { AnomalyRetentionService } from './anomaly-retention.service';
import { AnomalyStreamController } from './anomaly-stream.controller';
import { AnomalyStreamService } from './anomaly-stream.service';
import { FindingsService } from './findings.service';
import { FoldCountsJob } from './fold-counts.job';
import { FoundAnomalies } from './found-anomalies.service';
import { Incidents } from './incidents.service';
import { IncidentController } from './incidents/incident.controller';
import { IncidentRepository } from './incidents/incident.repository';
import { IncidentService } from './incidents/incident.service';
import { IncidentGroupingRepository } from './incidents/incident-grouping.repository';
import { IncidentGrouping } from './incidents/incident-grouping.service';
import { IncidentRetentionRepository } from './incidents/incident-retention.repository';
import { IncidentSettlement } from './incidents/incident-settlement.service';
import { Inhibition } from './inhibition/inhibition.service';
import { InhibitionRuleController } from './inhibition/inhibition-rule.controller';
import { InhibitionRuleRepository } from './inhibition/inhibition-rule.repository';
import { InhibitionRuleService } from './inhibition/inhibition-rule.service';
import { PlannedWork } from './planned-work.service';
import { SeriesSubscriber } from './series.subscriber';
import { HeldController } from './suppression/held.controller';
import { HeldRepository } from './suppression/held.repository';
import { HeldAlerts } from './suppression/held-alerts.service';
import { HeldFindings } from './suppression/held-findings.service';
import { HeldList } from './suppression/held-list.service';
import { MaintenanceWindowController } from './suppression/maintenance-window.controller';
import { MaintenanceWindowRepository } from './suppression/maintenance-window.repository';
import { MaintenanceWindowService } from './suppression/maintenance-window.service';
import { SuppressionMarks } from './suppression/suppression-marks.service';
import { SuppressionWatch } from './suppression/suppression-watch.service';
import { Suppressors } from './suppression/suppressors.service';
import { WindowUsers } from './suppression/window-users.service';
import { TopologyController } from './topology/topology.controller';
import { TopologyRepository } from './topology/topology.repository';
import { TopologyService } from './topology/topology.service';

@Module({
  imports: [TypeOrmModule.forFeature(ANOMALY_ENTITIES), TelemetryModule, MlModule],
  controllers: [
    AnomalyController,
    AnomalyReportController,
    AnomalyStreamController,
    IncidentController,
    MaintenanceWindowController,
    HeldController,
    InhibitionRuleController,
    TopologyController,
  ],
  providers: [
    AnomalyRepository,
    AnomalyListRepository,
    AnomalyHistoryRepository,
    AnomalyCourseRepository,
    AnomalyCourses,
    AnomalyCursorRepository,
    AnomalyFeed,
    AnomalyReportRepository,
    AnomalyRetentionService,
    AnomalyRetentionRepository,
    AnomalyService,
    AnomalyListService,
    AnomalyStreamService,
    FindingsService,
    FoundAnomalies,
    FoldCountsJob,
    IncidentRepository,
    IncidentGroupingRepository,
    IncidentRetentionRepository,
    IncidentGrouping,
    IncidentSettlement,
    IncidentService,
    Incidents,
    AlertAnomalyRepository,
    AlertAnomalies,
    MaintenanceWindowRepository,
    WindowUsers,
    MaintenanceWindowService,
    PlannedWork,
    Suppressors,
    HeldRepository,
    HeldAlerts,
    HeldFindings,
    HeldList,
    AnomalyOpening,
    AnomalyMarkRepository,
    AnomalyMarks,
    InhibitionRuleRepository,
    InhibitionRuleService,
    Inhibition,
    TopologyRepository,
    TopologyService,
    SeriesSubscriber,
    SuppressionMarks,
    SuppressionWatch,
  ],
  exports: [AnomalyCourses, AnomalyService, Incidents, PlannedWork],
})
export class AnomalyModule {}
