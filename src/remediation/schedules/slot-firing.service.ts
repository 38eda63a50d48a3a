import { Injectable } from '@nestjs/common';

import { PlannedWork } from '../../anomaly/planned-work.service';
import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { RemediationAction } from '../actions/action.entity';
import { ActionService } from '../actions/action.service';
import { describeFreeze } from '../freezes/freeze-in-force';
import { Freezes } from '../freezes/freezes.service';
import { LimitsRepository } from '../policy/limits.repository';
import { ProposalService } from '../proposals/proposal.service';
import { ActionSchedule } from './action-schedule.service';
import { DueSlot, dueSlot } from './due-slot';
import { RemediationSchedule } from './schedule.entity';
import { ScheduleRepository } from './schedule.repository';
import type { ScheduleFiring } from './schedule-firing.entity';
import { ScheduleTargets } from './schedule-targets.service';

type Settled = Pick<ScheduleFiring, 'outcome' | 'reason' | 'actionId'>;

/** Deals with the slots of standing schedules: what became of one and what it proposed are of one transaction. */
@Injectable()
export class SlotFiring {
  constructor(
    private readonly schedules: ScheduleRepository,
    private readonly targets: ScheduleTargets,
    private readonly plannedWork: PlannedWork,
    private readonly proposals: ProposalService,
    private readonly actions: ActionService,
    private readonly actionSchedule: ActionSchedule,
    private readonly limits: LimitsRepository,
    private readonly freezes: Freezes,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /**
   * Deals with the due slot of a schedule, once whoever else tries: proposes what it asks for, and lets it begin where the policies
   * allow that without people. A freeze, a window of blackout and what an earlier slot has begun keep it from that.
   */
  fire(id: number): Promise<void> {
    return this.database.run(async () => {
      const schedule = await this.schedules.take(id);
      if (schedule === null || schedule.nextSlot === null) return;
      const now = await this.schedules.now();
      const due = dueSlot(schedule, schedule.nextSlot, now);
      if (due === null) return;
      const settled = (await this.hindrance(schedule, due)) ?? (await this.propose(schedule, due.slot, now));
      await this.schedules.settle({ scheduleId: id, slot: due.slot, ...settled }, due.next);
      await this.audit.record({
        action: `remediation_schedule.slot_${settled.outcome}`,
        subjectType: 'remediation_schedule',
        subjectId: id,
        after: { slot: due.slot.toISOString(), reason: settled.reason, action_id: settled.actionId },
      });
    });
  }

  /** What keeps a slot from being run, or null. */
  private async hindrance(schedule: RemediationSchedule, { isMissed }: DueSlot): Promise<Settled | null> {
    if (isMissed) return withoutAction('missed', 'Nothing was running at its time');
    if ((await this.limits.read()).frozenAt !== null)
      return withoutAction('blackout', 'Remediation is frozen');
    const [freeze] = await this.freezes.listHolding(await this.targets.groupsOf(schedule));
    if (freeze !== undefined) return withoutAction('blackout', describeFreeze(freeze));
    const window = await this.plannedWork.findInForce(schedule.blackoutWindowIds);
    if (window !== null)
      return withoutAction('blackout', `Maintenance window ${window.id} (${window.name}) is in force`);
    const active = await this.schedules.findActiveAction(schedule.id);
    return active === null
      ? null
      : withoutAction('overlap', `Remediation action ${active} of an earlier slot has not ended`);
  }

  private async propose(schedule: RemediationSchedule, slot: Date, now: Date): Promise<Settled> {
    try {
      const action = await this.proposeOnce(schedule, slot);
      const { verdict } = (await this.actions.replan(action, action)).decision;
      if (verdict === 'allow') await this.actionSchedule.start(action, slot, now);
      const reason =
        verdict === 'allow' ? 'It begins, as a policy allows' : 'It was proposed, and waits for people';
      return { outcome: 'proposed', reason, actionId: action.id };
    } catch (error) {
      // What cannot be proposed today may be at the next slot.
      if (!(error instanceof DomainError)) throw error;
      return withoutAction('failed', error.message);
    }
  }

  private proposeOnce(schedule: RemediationSchedule, slot: Date): Promise<RemediationAction> {
    const { name, actionType, runbookId, parameters, priority, targetId } = schedule;
    const order = {
      anomalyId: null,
      parameters,
      priority,
      description: `Schedule ${name}, its slot of ${slot.toISOString()}`,
      origin: 'schedule' as const,
      onBehalfOf: schedule.statedByUserId,
    };
    if (runbookId !== null) return this.proposals.proposeRunbook(null, { ...order, runbookId });
    if (actionType === null) throw new Error(`Remediation schedule ${schedule.id} asks for nothing`);
    return this.actions.propose(null, {
      ...order,
      actionType,
      actionName: name,
      targetId,
      ruleId: null,
      runbook: null,
    });
  }
}

function withoutAction(outcome: Settled['outcome'], reason: string): Settled {
  return { outcome, reason, actionId: null };
}
