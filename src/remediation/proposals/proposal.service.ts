import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import type { Principal } from '../../auth/principal';
import { DomainError, InvalidInput } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { Log } from '../../observability/log';
import { RemediationAction } from '../actions/action.entity';
import { ActionRepository } from '../actions/action.repository';
import { ActionService } from '../actions/action.service';
import type { NewAction, RunbookStep } from '../actions/action.types';
import type { Priority } from '../actions/priority';
import { type RankedRemedy, RemedyRanking } from '../learning/remedy-ranking.service';
import type { ChosenStep } from '../policy/choice';
import { RemediationRules } from '../policy/remediation-rules.service';

/** A runbook that somebody asks for. */
export interface RunbookOrder {
  readonly runbookId: number;
  readonly anomalyId: number | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly priority: Priority;
  readonly description: string | null;
  /** By hand where it is left out. */
  readonly origin?: NewAction['origin'];
  readonly onBehalfOf?: number | null;
}

/** Makes proposals of what rules choose and of runbooks. Nothing is approved here, and nothing done. */
@Injectable()
export class ProposalService {
  constructor(
    private readonly anomalies: AnomalyService,
    private readonly rules: RemediationRules,
    private readonly ranking: RemedyRanking,
    private readonly actions: ActionService,
    private readonly rows: ActionRepository,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /**
   * Looks at anomalies as the product itself: proposes what the rules choose, where there is something to do it to. What is quiet, over, or
   * already proposed for the same target is left alone. One look at a time, whichever way it comes: two would not see what the other
   * proposes for the same target.
   */
  consider(anomalyIds: readonly number[]): Promise<void> {
    return this.database.run(async () => {
      await this.rows.lockProposing();
      for (const anomalyId of anomalyIds) await this.look(anomalyId);
    });
  }

  private async look(anomalyId: number): Promise<void> {
    const anomaly = await this.anomalies.find(anomalyId);
    if (anomaly === null || anomaly.suppressedBy !== null || anomaly.inhibitedBy !== null) return;
    if (anomaly.status !== 'open' && anomaly.status !== 'acknowledged') return;
    for (const ranked of await this.choose(anomalyId)) await this.proposeOnce(anomalyId, ranked);
  }

  /** Proposes what the rules choose for an anomaly now, in a person's name. Throws  AnomalyNotFound. */
  proposeFor(caller: Principal, anomalyId: number): Promise<RemediationAction[]> {
    return this.database.run(async () => {
      const proposed: RemediationAction[] = [];
      for (const ranked of await this.choose(anomalyId))
        proposed.push(await this.actions.propose(caller, orderOf(anomalyId, ranked)));
      return proposed;
    });
  }

  /** Proposes the steps of a runbook as one action; `caller` is null where the product itself proposes. Throws  RunbookNotFound, AnomalyNotFound, InvalidInput. */
  async proposeRunbook(caller: Principal | null, order: RunbookOrder): Promise<RemediationAction> {
    const { runbook, steps, verify } = await this.rules.prepareRunbook(
      order.runbookId,
      order.anomalyId,
      order.parameters,
    );
    return this.actions.propose(caller, {
      anomalyId: order.anomalyId,
      actionType: steps[0].action,
      actionName: runbook.name,
      description: order.description ?? `Runbook ${runbook.name}, version ${runbook.version}`,
      priority: order.priority,
      parameters: order.parameters,
      targetId: steps[0].resolution.target?.id ?? null,
      origin: order.origin ?? 'manual',
      onBehalfOf: order.onBehalfOf,
      verify,
      ruleId: null,
      runbook: { versionId: runbook.versionId, steps: steps.map(stepOf) },
    });
  }

  /** What the rules choose, that of which most is to be hoped first. */
  private async choose(anomalyId: number): Promise<RankedRemedy[]> {
    const { facts, remedies } = await this.rules.chooseFor(anomalyId);
    return this.ranking.rank(facts, remedies);
  }

  private async proposeOnce(anomalyId: number, ranked: RankedRemedy): Promise<void> {
    const { remedy } = ranked;
    const order = orderOf(anomalyId, ranked);
    // Without a target it could only fail; whoever wants to know why looks at evaluate.
    if (remedy.steps.some(({ resolution }) => resolution.target === null)) return;
    if (await this.rows.hasActiveTwin(order.actionType, order.targetId)) return;
    if (
      remedy.cooldownSeconds !== null &&
      (await this.rows.hasRecentOf(remedy.ruleId, order.targetId, remedy.cooldownSeconds))
    )
      return;
    try {
      await this.actions.propose(null, order);
    } catch (error) {
      // A rule that asks for what cannot be is no reason to look at no other anomaly.
      if (!(error instanceof DomainError)) throw error;
      this.log.warn(
        { rule: remedy.ruleId, reason: error.message },
        'a rule asks for what cannot be proposed',
      );
    }
  }
}

function orderOf(anomalyId: number, { remedy, standing }: RankedRemedy): NewAction {
  const [first] = remedy.steps;
  if (first === undefined) throw new InvalidInput(`Rule ${remedy.ruleName} asks for nothing`);
  return {
    anomalyId,
    actionType: first.action,
    actionName: (remedy.runbook?.name ?? remedy.ruleName).slice(0, 100),
    description: `Rule ${remedy.ruleName}: ${remedy.reason}`,
    priority: remedy.priority,
    parameters: first.parameters,
    targetId: first.resolution.target?.id ?? null,
    origin: 'rule',
    ruleId: remedy.ruleId,
    verify: remedy.verify,
    rank: standing.rank,
    expectedSuccess: standing.expectedSuccess,
    runbook: remedy.runbook && { versionId: remedy.runbook.versionId, steps: remedy.steps.map(stepOf) },
  };
}

function stepOf({
  name,
  action,
  parameters,
  resolution,
  isIdempotent,
  timeoutSeconds,
  retries,
  onFailure,
}: ChosenStep): RunbookStep {
  return {
    name,
    actionType: action,
    parameters,
    targetId: resolution.target?.id ?? null,
    isIdempotent,
    timeoutSeconds,
    maxAttempts: 1 + retries,
    onFailure,
  };
}
