import { Injectable } from '@nestjs/common';

import type { ActionType } from '../actions/action-type';
import { covers, describeFreeze } from '../freezes/freeze-in-force';
import { Freezes } from '../freezes/freezes.service';
import { entryOf } from './catalogue';
import { decide, Decision, DecisionFacts, DecisionLimits, strictest } from './decision';
import type { RemediationLimits } from './limits.entity';
import type { Parameters } from './parameter-schema';
import { PolicyRepository } from './policy.repository';

/** What is to be done to what, as far as policies look at it. */
export interface DecidedStep {
  readonly actionType: ActionType;
  readonly parameters: Parameters;
  readonly target: DecisionFacts['target'];
}

/** What something is decided for: a freeze keeps things from being done, not from being approved meanwhile. */
export type Purpose = 'approve' | 'execute';

/** Asks the policies that stand now. */
@Injectable()
export class Decisions {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly freezes: Freezes,
  ) {}

  /** Of each step by itself, in their order. */
  async ofEach(
    steps: readonly DecidedStep[],
    limits: RemediationLimits,
    purpose: Purpose,
  ): Promise<Decision[]> {
    const policies = await this.policies.list();
    const terms = termsOf(limits, purpose);
    const inForce = purpose === 'execute' ? await this.freezes.listInForce() : [];
    return steps.map(({ actionType, parameters, target }) => {
      const { risk, blastRadius } = entryOf(actionType);
      const { count, percent = null } = blastRadius(parameters);
      const freezes = inForce.filter((freeze) => covers(freeze, target?.group ?? null)).map(describeFreeze);
      return decide({ actionType, risk, radius: { count, percent }, target }, policies, {
        ...terms,
        freezes,
      });
    });
  }

  /** Of steps that are done together: the strictest of what is decided of each. */
  async ofAll(steps: readonly DecidedStep[], limits: RemediationLimits, purpose: Purpose): Promise<Decision> {
    return strictest(await this.ofEach(steps, limits, purpose));
  }
}

/** What of the limits bears on a decision. */
function termsOf(limits: RemediationLimits, purpose: Purpose): Omit<DecisionLimits, 'freezes'> {
  return {
    maxRadiusCount: limits.maxRadiusCount,
    maxRadiusPercent: limits.maxRadiusPercent,
    quorum: { low: limits.quorumLow, medium: limits.quorumMedium, high: limits.quorumHigh },
    isFrozen: purpose === 'execute' && limits.frozenAt !== null,
  };
}
