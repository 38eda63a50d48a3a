import { Injectable } from '@nestjs/common';

import type { PageRequest } from '../../common/http/pagination';
import { ActionNotFound } from '../actions/action.errors';
import { type Effectiveness, effectivenessOf } from './effectiveness';
import { NothingToBeEffectiveAgainst } from './effectiveness.errors';
import { EffectivenessRepository, type RemedyOfClass } from './effectiveness.repository';
import { SelfRecovery } from './self-recovery.service';

export type RemedyEffectiveness = RemedyOfClass & Effectiveness;

/** Whether remedies do more than time does: what was verified of them, beside how such trouble goes by itself. */
@Injectable()
export class EffectivenessService {
  constructor(
    private readonly remedies: EffectivenessRepository,
    private readonly selfRecovery: SelfRecovery,
  ) {}

  /** How effective what an action does is against the kind of trouble that it is for. Throws  ActionNotFound, NothingToBeEffectiveAgainst. */
  async ofAction(actionId: number): Promise<RemedyEffectiveness> {
    const found = await this.remedies.findOfAction(actionId);
    if (found === null) throw new ActionNotFound(actionId);
    const { remedy, anomalyClass } = found;
    if (anomalyClass === null) throw new NothingToBeEffectiveAgainst(actionId);
    return (await this.effectivenessOf([{ remedy, anomalyClass }]))[0];
  }

  /** Remedies of which something was seen, each with a kind of trouble, the latest first; with how many there are. */
  async list(
    filter: { readonly anomalyClass: string | null; readonly remedy: string | null },
    page: PageRequest,
  ): Promise<[RemedyEffectiveness[], number]> {
    const [remedies, total] = await this.remedies.list(filter, page);
    return [await this.effectivenessOf(remedies), total];
  }

  private async effectivenessOf(remedies: readonly RemedyOfClass[]): Promise<RemedyEffectiveness[]> {
    if (remedies.length === 0) return [];
    const classes = [...new Set(remedies.map(({ anomalyClass }) => anomalyClass))];
    const [cases, natural] = await Promise.all([
      this.remedies.casesOf(remedies),
      this.selfRecovery.survivalOf(classes),
    ]);
    return remedies.map((remedy, index) => ({
      ...remedy,
      ...effectivenessOf(cases[index], natural.get(remedy.anomalyClass) ?? null),
    }));
  }
}
