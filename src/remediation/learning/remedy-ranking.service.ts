import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { anomalyClassOf } from '../../anomaly/anomaly.types';
import { Clock } from '../../common/time/clock';
import type { AnomalyFacts } from '../policy/anomaly-facts';
import type { Remedy } from '../policy/choice';
import { LearningRepository } from './learning.repository';
import { byExpectation, proposedOrder, type Standing } from './standing';

/** So much of each remedy is read. At the half-life of evidence, what is further back hardly counts. */
const LATEST = 300;
/** More remedies than people write for one kind of trouble. */
const MOST_REMEDIES = 100;

/** A remedy that rules chose, with its place. */
export interface RankedRemedy {
  readonly remedy: Remedy;
  readonly standing: Standing;
}

/** Orders what rules chose by what was seen of it. It only orders: policies, targets and limits hold as before. */
@Injectable()
export class RemedyRanking {
  constructor(
    private readonly rows: LearningRepository,
    private readonly anomalies: AnomalyService,
    private readonly clock: Clock,
  ) {}

  /**
   * The order in which remedies are proposed for an anomaly. It is drawn by the anomaly's id: the same evidence gives the same order
   * again, on the same day. What is not on record is ordered as anomaly 0 would be.
   */
  async rank(facts: AnomalyFacts, remedies: readonly Remedy[]): Promise<RankedRemedy[]> {
    if (remedies.length === 0) return [];
    const anomalyClass = await this.classOf(facts);
    const candidates = remedies.map((remedy) => ({ remedy: nameOf(remedy), targetGroup: groupOf(remedy) }));
    const names = [...new Set(candidates.map(({ remedy }) => remedy))];
    const seen = await this.rows.latestOf(names, anomalyClass, LATEST);
    return proposedOrder(candidates, anomalyClass, seen, facts.id ?? 0, this.clock.now()).map(
      ({ index, standing }) => ({ remedy: remedies[index], standing }),
    );
  }

  /** What was seen in a kind of trouble, the remedy of which most is expected first. */
  async standings(anomalyClass: string, targetGroup: string | null): Promise<Standing[]> {
    const remedies = await this.rows.remediesOf(anomalyClass, targetGroup, MOST_REMEDIES);
    const seen = await this.rows.latestOf(remedies, anomalyClass, LATEST);
    return byExpectation(remedies, { anomalyClass, targetGroup }, seen, this.clock.now());
  }

  private async classOf({ id, labels }: AnomalyFacts): Promise<string | null> {
    if (id !== null) return anomalyClassOf(await this.anomalies.get(id));
    // Of what somebody describes nobody knows to which side it left its band.
    return labels.alertname === undefined ? null : `alert:${labels.alertname}`;
  }
}

/** What evidence calls a remedy. */
function nameOf({ runbook, steps }: Remedy): string {
  return runbook === null ? steps[0].action : `runbook:${runbook.id}`;
}

function groupOf({ steps: [first] }: Remedy): string | null {
  const { target } = first.resolution;
  return target && (target.group ?? target.name);
}
