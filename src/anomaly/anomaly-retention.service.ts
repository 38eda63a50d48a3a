import { Injectable, OnModuleInit } from '@nestjs/common';

import { RecordedPurges } from '../audit/recorded-purges.service';
import { RETENTION } from '../config/retention-limits';
import { RetentionConfig } from '../config/sections';
import { RetentionClasses } from '../database/retention-classes';
import { AnomalyRetentionRepository } from './anomaly-retention.repository';
import { IncidentRetentionRepository } from './incidents/incident-retention.repository';

/** How long anomalies, their history and incidents are kept. */
@Injectable()
export class AnomalyRetentionService implements OnModuleInit {
  constructor(
    private readonly classes: RetentionClasses,
    private readonly rows: AnomalyRetentionRepository,
    private readonly incidents: IncidentRetentionRepository,
    private readonly config: RetentionConfig,
    private readonly purges: RecordedPurges,
  ) {}

  onModuleInit(): void {
    const { anomalyDays, historyDays } = this.config;
    this.classes.register({
      name: 'anomalies',
      holds:
        'Anomalies with their history and comments; resolved, dismissed and hidden ones go when nothing happened to them for so long; never open, acknowledged or referenced ones',
      tables: ['anomalies', 'anomaly_counts', 'anomaly_count_deltas'],
      keep: { ...RETENTION.anomalies, days: anomalyDays },
      oldest: () => this.rows.oldestOver(),
      purge: (limit, after) =>
        this.purges.run('anomalies', anomalyDays, () => this.rows.purgeAnomalies(anomalyDays, limit, after)),
    });
    this.classes.register({
      name: 'incidents',
      holds:
        'Incidents with their history; those resolved for so long go once their last anomaly has gone, and never before',
      tables: ['incidents', 'incident_groups', 'incident_history'],
      keep: { ...RETENTION.anomalies, days: anomalyDays },
      oldest: () => this.incidents.oldestOver(),
      purge: (limit, after) =>
        this.purges.run('incidents', anomalyDays, () => this.incidents.purge(anomalyDays, limit, after)),
    });
    this.classes.register({
      name: 'anomaly-history',
      holds:
        'What happened to anomalies, and comments; lines of this age go before their anomaly does, but for open and acknowledged ones',
      tables: ['anomaly_history', 'anomaly_comments'],
      keep: { ...RETENTION.history, days: historyDays },
      oldest: () => this.rows.oldestLine(),
      purge: (limit, after) =>
        this.purges.run('anomaly-history', historyDays, () =>
          this.rows.purgeHistory(historyDays, limit, after),
        ),
    });
  }
}
