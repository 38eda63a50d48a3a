import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { anomalyClassOf } from '../../anomaly/anomaly.types';
import { InvalidInput } from '../../common/errors/domain-error';
import { type PageRequest, paginate, type Pagination } from '../../common/http/pagination';
import { ActionService } from '../actions/action.service';
import { ActionPlanner } from '../actions/action-planner.service';
import type { ActionType } from '../actions/action-type';
import { TargetService } from '../targets/target.service';
import { AutonomyDecision } from './autonomy-decision.entity';
import { AutonomyHistoryRepository, type DecisionFilter } from './autonomy-history.repository';
import { AutonomyJudge, type Judgement } from './autonomy-judge.service';
import type { AutonomySettings } from './autonomy-settings.entity';
import { AutonomySettingsRepository } from './autonomy-settings.repository';
import { type AutonomyStatistics, autonomyStatistics } from './autonomy-statistics';
import type { Cell } from './cell';
import { type ActionCell, type CellEvidence, type CellFilter, CellRepository } from './cell.repository';
import { climb, type Standing } from './ladder';

/** A cell with where it stands, and on what that rests. */
export interface SeenCell {
  readonly cell: Cell;
  readonly standing: Standing;
  /** When it came to its level; null where it has never had another. */
  readonly changedAt: Date | null;
  /** Since all trust was last lost, oldest first. */
  readonly evidence: readonly CellEvidence[];
}

/** Something that could be proposed, to see what would happen. */
export interface SupposedAction {
  readonly anomalyId: number;
  readonly actionType: ActionType;
  /** The one that is bound to the anomaly's labels where it is left out. */
  readonly targetId?: number;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Reading autonomy: cells with their evidence, decisions, statistics, and what would happen. */
@Injectable()
export class AutonomyView {
  constructor(
    private readonly settings: AutonomySettingsRepository,
    private readonly cells: CellRepository,
    private readonly history: AutonomyHistoryRepository,
    private readonly judge: AutonomyJudge,
    private readonly actions: ActionService,
    private readonly planner: ActionPlanner,
    private readonly anomalies: AnomalyService,
    private readonly targets: TargetService,
  ) {}

  async listCells(
    filter: CellFilter,
    request: PageRequest,
  ): Promise<{ settings: AutonomySettings; cells: SeenCell[]; pagination: Pagination }> {
    const settings = await this.settings.read();
    const [cells, total] = await this.cells.list(filter, request);
    const seen: SeenCell[] = [];
    for (const cell of cells) seen.push(await this.see(cell, settings));
    return { settings, cells: seen, pagination: paginate(request, total) };
  }

  async listDecisions(
    filter: DecisionFilter,
    request: PageRequest,
  ): Promise<{ decisions: AutonomyDecision[]; pagination: Pagination }> {
    const [decisions, total] = await this.history.list(filter, request);
    return { decisions, pagination: paginate(request, total) };
  }

  /** Of the last so many days. */
  async statistics(days: number): Promise<AutonomyStatistics> {
    const [decisions, outcomes, changes] = [
      await this.history.countDecisions(days),
      await this.history.countOutcomes(days),
      await this.history.countChanges(days),
    ];
    return autonomyStatistics(decisions, outcomes, changes);
  }

  /** What would become of an action that is there, and why; nothing is changed. Throws  ActionNotFound, AnomalyNotFound, InvalidInput. */
  async supposeExisting(actionId: number): Promise<{ cell: Cell; judgement: Judgement }> {
    const action = await this.actions.get(actionId);
    const cell = await this.cells.cellOf(actionId);
    if (cell === null || action.anomalyId === null)
      throw new InvalidInput(
        `Action ${actionId} has no anomaly or no target, so nothing can be learnt of it`,
      );
    const anomaly = await this.anomalies.get(action.anomalyId);
    const { risk, decision } = await this.actions.replan(action, action, 'execute');
    const isApproved = action.approvedAt !== null;
    return { cell, judgement: await this.judge.judge({ cell, risk, decision, isApproved, anomaly }) };
  }

  /** What would become of something that the product proposed, and why; nothing is changed. Throws  AnomalyNotFound, InvalidInput. */
  async suppose(supposed: SupposedAction): Promise<{ cell: Cell; judgement: Judgement }> {
    const { anomalyId, actionType, targetId, parameters = {} } = supposed;
    const anomaly = await this.anomalies.get(anomalyId);
    const target =
      targetId === undefined
        ? await this.targets.bind(anomaly.labels ?? {}, actionType)
        : await this.targets.find(targetId);
    if (target === null)
      throw new InvalidInput(
        targetId === undefined
          ? 'No enabled target is bound to the anomaly; give target_id'
          : `Remediation target with ID ${targetId} not found`,
      );
    const order = { actionType, actionName: actionType, parameters, targetId: target.id, runbook: null };
    const { risk, decision } = await this.planner.plan(order, 'execute');
    const targetGroup = target.group ?? target.name;
    const cell: ActionCell = {
      actionType,
      remedy: actionType,
      anomalyClass: anomalyClassOf(anomaly),
      targetGroup,
      stepTypes: [actionType],
      stepGroups: [targetGroup],
    };
    return { cell, judgement: await this.judge.judge({ cell, risk, decision, isApproved: false, anomaly }) };
  }

  private async see(cell: Cell, settings: AutonomySettings): Promise<SeenCell> {
    const evidence = await this.cells.listEvidence(cell);
    const standing = climb(evidence, settings);
    const changedAt = evidence[standing.changedBy ?? -1]?.at ?? null;
    return { cell, standing, changedAt, evidence };
  }
}
