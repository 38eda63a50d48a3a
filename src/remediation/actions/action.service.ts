import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { anomalyClassOf } from '../../anomaly/anomaly.types';
import { AuditService } from '../../audit/audit.service';
import { Principal } from '../../auth/principal';
import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import { currentActor } from '../../observability/request-context';
import { LedgerRepository } from '../execution/ledger.repository';
import { RemediationStep } from '../execution/step.entity';
import type { Purpose } from '../policy/decisions.service';
import { LimitsRepository } from '../policy/limits.repository';
import { TargetService } from '../targets/target.service';
import { RemediationAction } from './action.entity';
import { ActionNotFound } from './action.errors';
import { ActionRepository } from './action.repository';
import { ActionEdit, NewAction, RunbookStep } from './action.types';
import { ActionMoves } from './action-moves.service';
import { ActionPlanner, PlannedAction } from './action-planner.service';
import { ApprovalRepository } from './approval.repository';

/** Actions until they begin: proposed, edited, hidden. Nothing here touches the world. */
@Injectable()
export class ActionService {
  constructor(
    private readonly actions: ActionRepository,
    private readonly approvals: ApprovalRepository,
    private readonly ledger: LedgerRepository,
    private readonly planner: ActionPlanner,
    private readonly moves: ActionMoves,
    private readonly limits: LimitsRepository,
    private readonly anomalies: AnomalyService,
    private readonly targets: TargetService,
    private readonly audit: AuditService,
    private readonly events: EventsService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Throws  ActionNotFound. */
  async get(id: number): Promise<RemediationAction> {
    const action = await this.actions.find(id);
    if (action === null) throw new ActionNotFound(id);
    return action;
  }

  /**
   * Proposes an action. Without a target it is bound to the one whose labels its anomaly has, where there is one.
   * `caller` is null where the product itself proposes. Publishes action.proposed. Throws  AnomalyNotFound, InvalidInput.
   */
  propose(caller: Principal | null, order: NewAction): Promise<RemediationAction> {
    return this.database.run(async () => {
      const anomaly = order.anomalyId === null ? null : await this.anomalies.get(order.anomalyId);
      const bound = {
        ...order,
        targetId: order.targetId ?? (await this.boundTarget(order, anomaly?.labels ?? null)),
      };
      const planned = await this.planner.plan(bound);
      const actor = currentActor();
      const action = await this.actions.insert(
        {
          anomalyId: bound.anomalyId,
          actionType: bound.actionType,
          actionName: bound.actionName,
          description: bound.description,
          priority: bound.priority,
          parameters: bound.parameters,
          targetId: bound.targetId,
          runbookVersionId: bound.runbook?.versionId ?? null,
          ruleId: bound.ruleId,
          rank: bound.rank ?? null,
          expectedSuccess: bound.expectedSuccess ?? null,
          origin: bound.origin,
          rollbackOf: bound.rollbackOf ?? null,
          verify: bound.verify ?? null,
          anomalyClass: anomaly === null ? null : anomalyClassOf(anomaly),
          ...planMembers(planned),
          requestedByKind: actor.kind,
          requestedById: actor.id,
          requestedBy: actor.name,
          requestedByUserId: caller?.userId ?? bound.onBehalfOf ?? null,
        },
        planned.limits.proposalSeconds,
      );
      await this.ledger.insert(planned.steps.map((step) => ({ ...step, actionId: action.id })));
      await this.moves.tell(
        action.id,
        'proposed',
        `${actor.name} proposed ${action.actionType}: ${action.actionName}`,
      );
      await this.audit.record({
        action: 'remediation.proposed',
        subjectType: 'remediation_action',
        subjectId: action.id,
        after: {
          action_type: action.actionType,
          action_name: action.actionName,
          anomaly_id: action.anomalyId,
          target_id: action.targetId,
          parameters: action.parameters,
          plan_hash: action.planHash,
        },
      });
      await this.events.publish('action.proposed', { actionId: action.id });
      return action;
    });
  }

  /** Proposes actions, all or none. Throws as `propose` does. */
  proposeMany(caller: Principal, orders: readonly NewAction[]): Promise<RemediationAction[]> {
    return this.database.run(async () => {
      const proposed: RemediationAction[] = [];
      for (const order of orders) proposed.push(await this.propose(caller, order));
      return proposed;
    });
  }

  /**
   * Edits an action that has not begun. What was approved is no longer what it is, so its approvals go.
   * Throws  ActionNotFound, ActionVersionConflict, ActionVerbRefused, InvalidInput.
   */
  update(id: number, edit: ActionEdit, version?: number): Promise<RemediationAction> {
    return this.database.run(async () => {
      const { action } = await this.moves.lock(id, version);
      this.moves.check(action, 'update');
      const edited = { ...action, ...edit };
      const planned = await this.replan(edited, action);
      const voided = await this.approvals.void(id);
      await this.ledger.deleteOf(id);
      await this.ledger.insert(planned.steps.map((step) => ({ ...step, actionId: id })));
      return this.moves.move(action, 'update', {
        members: { ...edit, ...planMembers(planned), approvedBy: null, approvedAt: null, scheduledAt: null },
        message: `${currentActor().name} edited it${voided > 0 ? `; ${voided} approval(s) no longer hold` : ''}`,
        detail: { ...edit, plan_hash: planned.hash },
        ...(await this.expiryOfUnscheduled(action)),
      });
    });
  }

  /** Hides an action that is not under way; log and audit stay. Throws  ActionNotFound, ActionVersionConflict, ActionVerbRefused. */
  delete(id: number, version?: number): Promise<void> {
    return this.database.run(async () => {
      const { action } = await this.moves.lock(id, version);
      await this.moves.move(action, 'delete', {
        members: { deletedAt: this.clock.now() },
        message: `${currentActor().name} deleted it`,
      });
      await this.approvals.void(id);
      await this.ledger.move(id, 'cancel');
    });
  }

  /** The plan of an action as of now, its steps as they were planned but for what was edited. */
  async replan(
    edited: Pick<
      RemediationAction,
      'actionType' | 'actionName' | 'parameters' | 'targetId' | 'runbookVersionId' | 'verify'
    >,
    { id }: Pick<RemediationAction, 'id'>,
    purpose: Purpose = 'approve',
  ): Promise<PlannedAction> {
    const { actionType, actionName, parameters, targetId, runbookVersionId, verify } = edited;
    const runbook =
      runbookVersionId === null
        ? null
        : { versionId: runbookVersionId, steps: (await this.ledger.listOf(id)).map(runbookStepOf) };
    return this.planner.plan({ actionType, actionName, parameters, targetId, runbook, verify }, purpose);
  }

  /** Asks as many people of a locked action as policies ask for now, which may be others than when it was proposed. */
  async askAgain(action: RemediationAction, planned: PlannedAction): Promise<RemediationAction> {
    const { approvalsRequired } = planMembers(planned);
    return approvalsRequired === action.approvalsRequired
      ? action
      : this.actions.save(action, { approvalsRequired });
  }

  /** What the plan of a locked action has become is what people are asked about from now on. */
  async adopt(action: RemediationAction, planned: PlannedAction): Promise<void> {
    await this.approvals.void(action.id);
    await this.ledger.deleteOf(action.id);
    await this.ledger.insert(planned.steps.map((step) => ({ ...step, actionId: action.id })));
    await this.moves.move(action, 'update', {
      members: { ...planMembers(planned), approvedBy: null, approvedAt: null, scheduledAt: null },
      message: 'Its target or the limits were changed, so that its plan is another; approvals no longer hold',
      detail: { plan_hash: planned.hash },
      ...(await this.expiryOfUnscheduled(action)),
    });
  }

  /** What loses its time waits for people as long as what was proposed just now. */
  private async expiryOfUnscheduled({
    scheduledAt,
  }: RemediationAction): Promise<{ expireInSeconds?: number }> {
    return scheduledAt === null ? {} : { expireInSeconds: (await this.limits.read()).proposalSeconds };
  }

  private async boundTarget(
    { actionType }: NewAction,
    labels: Readonly<Record<string, string>> | null,
  ): Promise<number | null> {
    return labels === null ? null : ((await this.targets.bind(labels, actionType))?.id ?? null);
  }
}

/** What was planned of a step, and nothing of what has become of it since: an approval is for the plan alone. */
function runbookStepOf(step: RemediationStep): RunbookStep {
  const { name, actionType, parameters, targetId, isIdempotent, timeoutSeconds, maxAttempts, onFailure } =
    step;
  return { name, actionType, parameters, targetId, isIdempotent, timeoutSeconds, maxAttempts, onFailure };
}

/** What a plan says of its action. */
export function planMembers({
  hash,
  risk,
  decision,
}: PlannedAction): Pick<RemediationAction, 'planHash' | 'risk' | 'approvalsRequired'> {
  // Somebody may always be asked, also where nobody has to be.
  return { planHash: hash, risk, approvalsRequired: Math.max(1, decision.approvals) };
}
