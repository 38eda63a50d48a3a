import { Injectable, OnModuleInit } from '@nestjs/common';

import { FindingsPort } from '../ml/findings.port';
import { MlService } from '../ml/ml.service';
import { EpisodeEnded, Finding } from '../ml/ml.types';
import { Anomaly } from './anomaly.entity';
import { AnomalyRepository } from './anomaly.repository';
import { AnomalyService } from './anomaly.service';
import { FoundAnomalies } from './found-anomalies.service';
import { foundTroubleOf, resolutionOf } from './metric-anomaly';
import { HeldFindings } from './suppression/held-findings.service';
import type { Holders } from './suppression/suppression';
import { Suppressors } from './suppression/suppressors.service';

/**
 * Turns what detection finds into anomalies: one active at most a series. Later points extend it; its end resolves it. An anomaly that a
 * person closed stays closed until the series has been normal. What begins while something keeps it quiet is held.
 */
@Injectable()
export class FindingsService extends FindingsPort implements OnModuleInit {
  constructor(
    private readonly anomalies: AnomalyRepository,
    private readonly service: AnomalyService,
    private readonly found: FoundAnomalies,
    private readonly suppressors: Suppressors,
    private readonly held: HeldFindings,
    private readonly ml: MlService,
  ) {
    super();
  }

  onModuleInit(): void {
    this.ml.report(this);
  }

  async apply(findings: readonly Finding[]): Promise<void> {
    if (findings.length === 0) return;
    const holders = await this.suppressors.listHolders();
    for (const finding of findings) await this.applyOne(finding, holders);
  }

  private async applyOne(finding: Finding, holders: Holders): Promise<void> {
    // In this order: whoever tells of what is held at this moment lets go of it and opens its anomaly at once.
    const held = await this.held.lock(finding.seriesId);
    const active = await this.anomalies.findActive(finding.seriesId);
    // A person has reopened one meanwhile: it goes on, and is all there is to tell.
    if (held !== null && active !== null) await this.held.forget(finding.seriesId);
    switch (finding.change.kind) {
      case 'opened':
        if (active === null) await this.held.openOrHold(foundTroubleOf(finding), holders);
        else await this.found.extend(active, foundTroubleOf(finding));
        break;
      case 'extended':
        if (active !== null) await this.found.extend(active, foundTroubleOf(finding));
        else if (held !== null) await this.held.goOn(foundTroubleOf(finding), held, holders);
        break;
      case 'ended':
        if (active !== null) await this.resolve(active, finding.change);
        else if (held !== null) await this.held.forget(finding.seriesId);
        break;
    }
  }

  private async resolve(anomaly: Anomaly, change: EpisodeEnded): Promise<void> {
    anomaly.lastSeenAt = new Date(change.lastAbnormalMs);
    await this.service.move(anomaly, 'resolve', { resolution: resolutionOf(change) });
  }
}
