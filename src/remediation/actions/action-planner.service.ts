import { Injectable } from '@nestjs/common';

import { InvalidInput } from '../../common/errors/domain-error';
import { Measurements } from '../../telemetry/measurements.service';
import type { JsonObject } from '../execution/json';
import { RemediationStep } from '../execution/step.entity';
import { entryOf, parametersProblem, type Risk, RISKS } from '../policy/catalogue';
import type { Decision } from '../policy/decision';
import { DecidedStep, Decisions, Purpose } from '../policy/decisions.service';
import type { RemediationLimits } from '../policy/limits.entity';
import { LimitsRepository } from '../policy/limits.repository';
import type { RemediationTarget } from '../targets/target.entity';
import { TargetService } from '../targets/target.service';
import type { NewAction, RunbookStep } from './action.types';
import { Plan, planHash, PlannedStep } from './action-plan';

/** A plan with what was decided of it. */
export interface PlannedAction {
  readonly plan: Plan;
  readonly hash: string;
  readonly risk: Risk;
  /** The rows of its steps, in order, still without their action. */
  readonly steps: readonly Partial<RemediationStep>[];
  readonly decision: Decision;
  /** Those that it was planned under. */
  readonly limits: RemediationLimits;
}

interface Subject {
  readonly actionType: NewAction['actionType'];
  readonly parameters: NewAction['parameters'];
  readonly targetId: number | null;
  readonly actionName: string;
  readonly runbook: NewAction['runbook'];
  readonly verify?: NewAction['verify'];
}

/** Makes of what is asked for the plan that is approved and executed, and asks the policies about it. */
@Injectable()
export class ActionPlanner {
  constructor(
    private readonly targets: TargetService,
    private readonly decisions: Decisions,
    private readonly limits: LimitsRepository,
    private readonly measurements: Measurements,
  ) {}

  /**
   * The plan as of now: targets in the version that they have.
   * Throws  InvalidInput where a parameter breaks the catalogue's rule or a target does not exist, InvalidMatcher where what is to be measured is no selector.
   */
  async plan(subject: Subject, purpose: Purpose = 'approve'): Promise<PlannedAction> {
    const problem = parametersProblem(subject.actionType, subject.parameters);
    if (problem !== null) throw new InvalidInput(problem);
    if (subject.verify?.query) this.measurements.checkSelector(subject.verify.query.selector);
    const limits = await this.limits.read();
    const steps = subject.runbook?.steps ?? [ownStep(subject, limits)];
    const targets = new Map<number, RemediationTarget>();
    for (const { targetId } of steps) {
      if (targetId === null || targets.has(targetId)) continue;
      const target = await this.targets.find(targetId);
      if (target === null) throw new InvalidInput(`Remediation target with ID ${targetId} not found`);
      targets.set(targetId, target);
    }
    const planned = steps.map((step) => this.plannedStep(step, targets, limits));
    const plan: Plan = {
      actionType: subject.actionType,
      runbookVersionId: subject.runbook?.versionId ?? null,
      steps: planned,
      verify: subject.verify ?? null,
    };
    return {
      plan,
      hash: planHash(plan),
      risk: highestRisk(planned),
      steps: planned.map(stepRow),
      decision: await this.decisions.ofAll(
        planned.map((step) => decidedStep(step, targets)),
        limits,
        purpose,
      ),
      limits,
    };
  }

  private plannedStep(
    { targetId, ...step }: RunbookStep,
    targets: ReadonlyMap<number, RemediationTarget>,
    limits: RemediationLimits,
  ): PlannedStep {
    const target = targetId === null ? undefined : targets.get(targetId);
    const { actionType, parameters } = step;
    return {
      ...step,
      isIdempotent:
        step.isIdempotent ||
        (target !== undefined && this.targets.isIdempotent(target, actionType, parameters as JsonObject)),
      timeoutSeconds: Math.min(step.timeoutSeconds, limits.timeoutSeconds),
      target: target === undefined ? null : { id: target.id, version: target.version },
    };
  }
}

function decidedStep(
  { actionType, parameters, target }: PlannedStep,
  targets: ReadonlyMap<number, RemediationTarget>,
): DecidedStep {
  const row = target === null ? undefined : targets.get(target.id);
  return {
    actionType,
    parameters,
    target: row === undefined ? null : { id: row.id, group: row.group, isProtected: row.isProtected },
  };
}

function ownStep(
  { actionType, actionName, parameters, targetId }: Subject,
  limits: RemediationLimits,
): RunbookStep {
  const entry = entryOf(actionType);
  return {
    name: actionName,
    actionType,
    parameters,
    targetId,
    isIdempotent: entry.isIdempotent,
    timeoutSeconds: Math.min(entry.timeoutSeconds, limits.timeoutSeconds),
    maxAttempts: 1 + entry.retries,
    onFailure: 'stop',
  };
}

function stepRow(step: PlannedStep, index: number): Partial<RemediationStep> {
  const { count, percent = null } = entryOf(step.actionType).blastRadius(step.parameters);
  const { target, ...rest } = step;
  return {
    ...rest,
    position: index + 1,
    targetId: target?.id ?? null,
    targetVersion: target?.version ?? null,
    radiusCount: count,
    radiusPercent: percent,
  };
}

function highestRisk(steps: readonly PlannedStep[]): Risk {
  return RISKS[Math.max(...steps.map(({ actionType }) => RISKS.indexOf(entryOf(actionType).risk)))];
}
