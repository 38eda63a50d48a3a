import { Injectable } from '@nestjs/common';

import { alertSeverityOf } from '../alerts/alert-anomaly';
import { AnomalyMarks } from '../anomaly-marks.service';
import { HeldRepository } from '../suppression/held.repository';
import { TopologyService } from '../topology/topology.service';
import { inhibitorsOf, type Trouble } from './inhibition';
import { InhibitionRuleService } from './inhibition-rule.service';

/** Symptoms keep quiet while their cause is active, by the rules and by the topology: they stay open, and say what hides them. */
@Injectable()
export class Inhibition {
  constructor(
    private readonly rules: InhibitionRuleService,
    private readonly topology: TopologyService,
    private readonly held: HeldRepository,
    private readonly marks: AnomalyMarks,
  ) {}

  /** Marks anomalies that were just opened; in their transaction, so that nobody announces them before. */
  async judge(ids: readonly number[]): Promise<void> {
    const opened = new Set(ids);
    await this.renewOf((id) => opened.has(id));
  }

  /** Marks every active anomaly with what hides it, and releases those that nothing hides any more. Publishes anomaly.released. */
  renew(): Promise<void> {
    return this.renewOf(() => true);
  }

  private async renewOf(isWanted: (id: number) => boolean): Promise<void> {
    const rules = await this.rules.listCompiled();
    const dependencies = await this.topology.get();
    const isIdle = rules.length === 0 && dependencies.size === 0;
    const active = await this.marks.listActive({ isInhibitedOnly: isIdle });
    if (active.length === 0) return;
    const held = isIdle ? [] : await this.held.listLabels();
    const troubles: Trouble[] = [
      ...active,
      ...held.map((labels) => ({ id: null, labels, severity: alertSeverityOf(labels) })),
    ];
    const inhibitors = inhibitorsOf(troubles, rules, dependencies);
    const changed = active.flatMap(({ id, inhibitedBy: before }) => {
      const after = inhibitors.get(id) ?? null;
      const isSame =
        after?.kind === before?.kind &&
        after?.rule_id === before?.rule_id &&
        after?.anomaly_id === before?.anomaly_id;
      return isSame || !isWanted(id) ? [] : [{ id, by: after }];
    });
    await this.marks.set('inhibited_by', changed);
  }
}
