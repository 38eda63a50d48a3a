import { Injectable } from '@nestjs/common';

import { Anomaly } from './anomaly.entity';
import { AnomalyRepository } from './anomaly.repository';
import { AnomalyService } from './anomaly.service';
import { AnomalyOpening } from './anomaly-opening.service';
import { IncidentSettlement } from './incidents/incident-settlement.service';
import { type FoundTrouble, isSameTrouble } from './metric-anomaly';
import { worseSeverity } from './severity';

/** The anomalies of what detection finds: one active at most a series. A new episode soon after the last one reopens its anomaly. */
@Injectable()
export class FoundAnomalies {
  constructor(
    private readonly anomalies: AnomalyRepository,
    private readonly service: AnomalyService,
    private readonly opening: AnomalyOpening,
    private readonly settlement: IncidentSettlement,
  ) {}

  /** Opens or reopens; where the series has an active one, that goes on. Publishes what opening and reopening publish. */
  async open(found: FoundTrouble, explanation: string | null): Promise<Anomaly> {
    const { anomaly } = found;
    const active = await this.anomalies.findActive(anomaly.metric.seriesId);
    if (active !== null) {
      await this.extend(active, found);
      return active;
    }
    const latest = await this.anomalies.findLatestOfSeries(anomaly.metric.seriesId);
    if (latest === null || !isSameTrouble(latest, found))
      return (await this.opening.open([{ ...anomaly, explanation }]))[0];
    const reopened = await this.service.move(latest, 'reopen');
    await this.extend(reopened, found);
    return reopened;
  }

  /** The trouble goes on, perhaps worse. */
  async extend(anomaly: Anomaly, { anomaly: found }: FoundTrouble): Promise<void> {
    const { anomalyScore, confidence } = found;
    if (anomalyScore >= anomaly.anomalyScore) Object.assign(anomaly, { anomalyScore, confidence });
    const severity = worseSeverity(anomaly.severity, found.severity);
    const isWorse = severity !== anomaly.severity;
    Object.assign(anomaly, { severity, metric: found.metric.detail });
    await this.anomalies.extend(anomaly, found.metric.lastSeenAt);
    if (isWorse) await this.settlement.settle([anomaly.incidentId]);
  }
}
