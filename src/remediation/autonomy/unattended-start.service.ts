import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { RemediationAction } from '../actions/action.entity';
import { ActionRepository } from '../actions/action.repository';
import { ActionService } from '../actions/action.service';
import type { PlannedAction } from '../actions/action-planner.service';
import { ActionStart } from '../execution/action-start.service';
import { AutonomyHistoryRepository } from './autonomy-history.repository';
import { AutonomyJudge, type JudgedAnomaly, type Judgement } from './autonomy-judge.service';
import { AutonomySettingsRepository } from './autonomy-settings.repository';
import { cellTitle } from './cell';
import { type ActionCell, CellRepository } from './cell.repository';
import { hindranceOf } from './hindrance';
import { waitsFor } from './turn';
import type { Beginning } from './unattended';

/** How the log calls the product when it begins something by itself. */
const BY = 'autonomy';
/** How many of what waits are read at once. */
const ROUND = 200;

/** Lets begin by itself what the product has proposed and may begin; whatever it decides is kept with its reasons. */
@Injectable()
export class UnattendedStart {
  constructor(
    private readonly actions: ActionRepository,
    private readonly planning: ActionService,
    private readonly start: ActionStart,
    private readonly anomalies: AnomalyService,
    private readonly settings: AutonomySettingsRepository,
    private readonly judge: AutonomyJudge,
    private readonly cells: CellRepository,
    private readonly history: AutonomyHistoryRepository,
    private readonly database: Database,
  ) {}

  /**
   * Looks at one action, whoever else does at the same time: the decision, the approval that it is and the beginning are of one transaction, and
   * one such transaction runs at a time. What people proposed, what is scheduled and what has begun is left alone.
   */
  consider(actionId: number): Promise<void> {
    return this.database.run(async () => {
      await this.cells.lock();
      const locked = await this.actions.lock(actionId);
      if (locked === null || locked.isExpired || !isOwnProposal(locked.action)) return;
      const cell = await this.cells.cellOf(actionId);
      const anomaly = await this.anomalies.find(locked.action.anomalyId ?? 0);
      if (cell === null || anomaly === null) return;
      await this.decide(locked.action, cell, anomaly);
    });
  }

  /** Looks again at whatever waits: a crash, a freeze that has ended, a load that has gone down leave nothing behind for good. */
  async considerWaiting(): Promise<void> {
    if ((await this.settings.read()).mode === 'manual') return;
    let waiting = await this.history.listWaiting(0, ROUND);
    while (waiting.length > 0) {
      for (const id of waiting) await this.consider(id);
      waiting = await this.history.listWaiting(waiting[waiting.length - 1], ROUND);
    }
  }

  /** Looks at what else is proposed for an action's anomaly, now that it has ended. */
  async considerNextAfter(actionId: number): Promise<void> {
    const anomalyId = (await this.actions.find(actionId))?.anomalyId ?? null;
    if (anomalyId === null) return;
    for (const { id, status } of await this.actions.listOfAnomaly(anomalyId))
      if (status === 'pending' || status === 'approved') await this.consider(id);
  }

  private async decide(
    action: RemediationAction,
    cell: ActionCell,
    anomaly: JudgedAnomaly & Parameters<typeof hindranceOf>[0],
  ): Promise<void> {
    const planned = await this.plan(action);
    const { risk, decision } = planned instanceof DomainError ? unplanned(action, planned) : planned;
    const isApproved = action.approvedAt !== null;
    const judgement = await this.judge.judge({ cell, risk, decision, isApproved, anomaly });
    const others = await this.actions.listOfAnomaly(anomaly.id);
    const hindrance = hindranceOf(anomaly) ?? waitsFor(action.id, others);
    const beginning = hindrance === null ? judgement.beginning : left(hindrance);
    const ended =
      beginning.begins && !(planned instanceof DomainError)
        ? await this.begin(action, planned, cell, judgement, beginning)
        : beginning;
    await this.history.keep({
      actionId: action.id,
      anomalyId: anomaly.id,
      actionType: cell.actionType,
      remedy: cell.remedy,
      anomalyClass: cell.anomalyClass,
      targetGroup: cell.targetGroup,
      mode: judgement.settings.mode,
      policyId: judgement.policyId,
      cellLevel: judgement.standing.level,
      level: judgement.effective.level,
      outcome: ended.begins ? 'begun' : 'left',
      grantedBy: ended.grantedBy,
      reason: ended.reason,
      facts: judgement.basis,
      evidenceId: judgement.evidenceId,
    });
  }

  /** The beginning itself; what refuses it is why it is left. */
  private async begin(
    action: RemediationAction,
    planned: PlannedAction,
    cell: ActionCell,
    judgement: Judgement,
    beginning: Beginning,
  ): Promise<Beginning> {
    const grant =
      beginning.grantedBy === 'autonomy'
        ? { byKind: 'autonomy' as const, byId: null, byName: BY, reason: grantText(cell, judgement) }
        : null;
    const refusal = await this.start.startByItself(action, planned, {
      by: BY,
      reason: beginning.reason,
      grant,
    });
    return refusal === null ? beginning : left(refusal.message);
  }

  private async plan(action: RemediationAction): Promise<PlannedAction | DomainError> {
    try {
      return await this.planning.replan(action, action, 'execute');
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }
}

/** Whether the product itself proposed it, out of a rule, and it has not begun. */
function isOwnProposal({ origin, requestedByKind, status }: RemediationAction): boolean {
  return origin === 'rule' && requestedByKind === 'system' && (status === 'pending' || status === 'approved');
}

/** What cannot be planned any more may not begin. */
function unplanned({ risk }: RemediationAction, why: DomainError): Pick<PlannedAction, 'risk' | 'decision'> {
  return { risk, decision: { verdict: 'deny', approvals: 0, policyId: null, reasons: [why.message] } };
}

function grantText(cell: ActionCell, { standing, basis }: Judgement): string {
  return `${cellTitle(cell)} has earned ${standing.level} by ${standing.wins} wins; evidence of actions ${basis.evidence.join(', ')}`;
}

function left(reason: string): Beginning {
  return { begins: false, grantedBy: null, reason };
}
