import { Injectable, OnModuleInit } from '@nestjs/common';

import { FindingsPort } from '../ml/findings.port';
import { MlService } from '../ml/ml.service';
import { EpisodeEnded, Finding } from '../ml/ml.types';
import { Anomaly } from './anomaly.entity';
import { AnomalyRepository } from './anomaly.repository';
import { AnomalyService } from './anomaly.service';
import { AnomalyOpening } from './anomaly-opening.service';
import { IncidentSettlement } from './incidents/incident-settlement.service';
import { anomalyOf, detailOf, labelsOf, resolutionOf } from './metric-anomaly';
import { severityOf, worseSeverity } from './severity';
import { HeldRepository } from './suppression/held.repository';
import { type ActiveSuppressor, heldReasonOf, suppressorOf } from './suppression/suppression';
import { Suppressors } from './suppression/suppressors.service';

/**
 * Turns what detection finds into anomalies: one active at most a series. A new episode soon after the last one reopens its anomaly; later
 * points extend it; its end resolves it. An anomaly that a person closed stays closed until the series has been normal.
 */
@Injectable()
export class FindingsService extends FindingsPort implements OnModuleInit {
  constructor(
    private readonly anomalies: AnomalyRepository,
    private readonly service: AnomalyService,
    private readonly opening: AnomalyOpening,
    private readonly settlement: IncidentSettlement,
    private readonly suppressors: Suppressors,
    private readonly held: HeldRepository,
    private readonly ml: MlService,
  ) {
    super();
  }

  onModuleInit(): void {
    this.ml.report(this);
  }

  async apply(findings: readonly Finding[]): Promise<void> {
    if (findings.length === 0) return;
    const active = await this.suppressors.listActive();
    for (const finding of findings) await this.applyOne(finding, active);
  }

  private async applyOne(finding: Finding, suppressors: readonly ActiveSuppressor[]): Promise<void> {
    const active = await this.anomalies.findActive(finding.seriesId);
    switch (finding.change.kind) {
      case 'opened':
        await (active === null ? this.openOrHold(finding, suppressors) : this.extend(active, finding));
        break;
      case 'extended':
        await (active === null ? this.release(finding, suppressors) : this.extend(active, finding));
        break;
      case 'ended':
        await (active === null
          ? this.held.dropFinding(finding.seriesId)
          : this.resolve(active, finding.change));
        break;
    }
  }

  private async openOrHold(finding: Finding, suppressors: readonly ActiveSuppressor[]): Promise<void> {
    const heldBy = suppressorOf(labelsOf(finding), suppressors);
    // What was held of an episode whose end nobody saw (its detector was paused) is no part of this one.
    await this.held.dropFinding(finding.seriesId);
    if (heldBy === null) await this.openOrReopen(finding);
    else await this.held.holdFinding(finding.seriesId, heldBy);
  }

  /** An episode that opened while its series was kept quiet and goes on when it no longer is, is told of then. */
  private async release(finding: Finding, suppressors: readonly ActiveSuppressor[]): Promise<void> {
    const held = await this.held.findFinding(finding.seriesId);
    if (held === null || suppressorOf(labelsOf(finding), suppressors) !== null) return;
    await this.held.dropFinding(finding.seriesId);
    await this.openOrReopen(finding, heldReasonOf(held.heldBy, held.heldAt));
  }

  private async openOrReopen(finding: Finding, explanation: string | null = null): Promise<void> {
    const latest = await this.anomalies.findLatestOfSeries(finding.seriesId);
    if (latest === null || !isSameTrouble(latest, finding)) {
      await this.opening.open([{ ...anomalyOf(finding), explanation }]);
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
