import { Injectable, OnModuleInit } from '@nestjs/common';

import { FindingsPort } from '../ml/findings.port';
import { MlService } from '../ml/ml.service';
import { EpisodeEnded, Finding } from '../ml/ml.types';
import { Anomaly } from './anomaly.entity';
import { AnomalyRepository } from './anomaly.repository';
import { AnomalyService } from './anomaly.service';
import { IncidentGrouping } from './incidents/incident-grouping.service';
import { IncidentSettlement } from './incidents/incident-settlement.service';
import { anomalyOf, detailOf, resolutionOf } from './metric-anomaly';
import { severityOf, worseSeverity } from './severity';

/**
 * Turns what detection finds into anomalies: one active at most a series. A new episode soon after the last one reopens its anomaly; later
 * points extend it; its end resolves it. An anomaly that a person closed stays closed until the series has been normal.
 */
@Injectable()
export class FindingsService extends FindingsPort implements OnModuleInit {
  constructor(
    private readonly anomalies: AnomalyRepository,
    private readonly service: AnomalyService,
    private readonly grouping: IncidentGrouping,
    private readonly settlement: IncidentSettlement,
    private readonly ml: MlService,
  ) {
    super();
  }

  onModuleInit(): void {
    this.ml.report(this);
  }

  async apply(findings: readonly Finding[]): Promise<void> {
    for (const finding of findings) await this.applyOne(finding);
  }

  private async applyOne(finding: Finding): Promise<void> {
    const active = await this.anomalies.findActive(finding.seriesId);
    switch (finding.change.kind) {
      case 'opened':
        await (active === null ? this.openOrReopen(finding) : this.extend(active, finding));
        break;
      case 'extended':
        if (active !== null) await this.extend(active, finding);
        break;
      case 'ended':
        if (active !== null) await this.resolve(active, finding.change);
        break;
    }
  }

  private async openOrReopen(finding: Finding): Promise<void> {
    const latest = await this.anomalies.findLatestOfSeries(finding.seriesId);
    if (latest === null || !isSameTrouble(latest, finding)) {
      const [anomaly] = await this.grouping.place([anomalyOf(finding)]);
      await this.service.create(anomaly);
      return;
    }
    const reopened = await this.service.move(latest, 'reopen');
    await this.extend(reopened, finding);
  }

  private async extend(anomaly: Anomaly, finding: Finding): Promise<void> {
    const { score, confidence } = finding.change.evidence;
    if (score >= anomaly.anomalyScore) Object.assign(anomaly, { anomalyScore: score, confidence });
    const severity = worseSeverity(anomaly.severity, severityOf(score));
    const isWorse = severity !== anomaly.severity;
    Object.assign(anomaly, { severity, metric: detailOf(finding) });
    await this.anomalies.extend(anomaly, new Date(finding.change.atMs));
    if (isWorse) await this.settlement.settle([anomaly.incidentId]);
  }

  private async resolve(anomaly: Anomaly, change: EpisodeEnded): Promise<void> {
    anomaly.lastSeenAt = new Date(change.lastAbnormalMs);
    await this.service.move(anomaly, 'resolve', { resolution: resolutionOf(change) });
  }
}

/** By the samples' own time: the new episode begins within the reopen window after the last sighting. */
function isSameTrouble(latest: Anomaly, { change, reopenSeconds }: Finding): boolean {
  if (latest.status !== 'resolved' || latest.deletedAt !== null || latest.lastSeenAt === null) return false;
  return change.onsetMs - latest.lastSeenAt.getTime() <= reopenSeconds * 1_000;
}
