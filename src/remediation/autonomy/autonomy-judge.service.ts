import { Injectable } from '@nestjs/common';

import type { Severity } from '../../anomaly/anomaly.types';
import { ActionRepository } from '../actions/action.repository';
import type { AnomalyRecord } from '../policy/anomaly-facts';
import type { Risk } from '../policy/catalogue';
import type { Decision } from '../policy/decision';
import type { DecisionBasis } from './autonomy-decision.entity';
import { AutonomyPolicyRepository } from './autonomy-policy.repository';
import type { AutonomySettings } from './autonomy-settings.entity';
import { AutonomySettingsRepository } from './autonomy-settings.repository';
import { type ActionCell, type CellEvidence, CellRepository } from './cell.repository';
import { climb, type Standing } from './ladder';
import type { Level } from './level';
import { MachineLoad } from './machine-load.service';
import { choosePolicy, type ChosenPolicy } from './policy-choice';
import { type Beginning, beginningOf, type EffectiveLevel, effectiveLevel } from './unattended';

/** How many actions are named as the evidence of a decision. */
const NAMED_EVIDENCE = 20;

/** How many policies say in a reason why they do not fit. */
const NAMED_POLICIES = 5;

/** The part of an anomaly that counts here. */
export interface JudgedAnomaly extends AnomalyRecord {
  readonly severity: Severity;
  readonly confidence: number;
  readonly seriesId: number | null;
  readonly alertIdentity: string | null;
}

/** What could begin by itself. */
export interface Proposal {
  readonly cell: ActionCell;
  readonly risk: Risk;
  /** Of the policies, as of now. */
  readonly decision: Decision;
  /** Whether as many people as were asked have approved it. */
  readonly isApproved: boolean;
  readonly anomaly: JudgedAnomaly;
}

/** May it, and why. */
export interface Judgement {
  readonly settings: AutonomySettings;
  /** Of the mode, or of the policy that adaptive mode chose. */
  readonly modeLevel: Level;
  readonly policyId: number | null;
  /** Why each policy before that one does not fit. */
  readonly passedOver: ChosenPolicy<never>['passedOver'];
  readonly standing: Standing;
  readonly effective: EffectiveLevel;
  readonly beginning: Beginning;
  readonly basis: DecisionBasis;
  /** The latest evidence that was seen; 0 where there is none. */
  readonly evidenceId: number;
}

interface ModeChoice extends Pick<Judgement, 'modeLevel' | 'policyId' | 'passedOver'> {
  readonly modeReason: string;
  readonly load: number | null;
}

/** Says whether a proposal may begin by itself. Changes nothing. */
@Injectable()
export class AutonomyJudge {
  constructor(
    private readonly settings: AutonomySettingsRepository,
    private readonly policies: AutonomyPolicyRepository,
    private readonly cells: CellRepository,
    private readonly load: MachineLoad,
    private readonly actions: ActionRepository,
  ) {}

  /** As of now, by the clock of the database. */
  async judge(proposal: Proposal): Promise<Judgement> {
    const { cell, risk, decision, isApproved, anomaly } = proposal;
    const settings = await this.settings.read();
    const evidence = await this.cells.listEvidence(cell);
    const standing = climb(evidence, settings);
    const { load, modeReason, ...choice } = await this.chooseMode(settings, proposal);
    const effective = effectiveLevel({
      mode: choice.modeLevel,
      modeReason,
      cell: standing.level,
      risk,
      maxLevelHighRisk: settings.maxLevelHighRisk,
      isReported: anomaly.seriesId === null && anomaly.alertIdentity === null,
      spansGroups: cell.stepGroups.some((group) => group !== cell.targetGroup),
    });
    return {
      settings,
      ...choice,
      standing,
      effective,
      beginning: beginningOf(effective, decision, isApproved),
      basis: {
        severity: anomaly.severity,
        confidence: anomaly.confidence,
        load,
        wins: standing.wins,
        evidence: latestActions(evidence),
      },
      evidenceId: evidence.at(-1)?.id ?? 0,
    };
  }

  private async chooseMode({ mode }: AutonomySettings, { cell, anomaly }: Proposal): Promise<ModeChoice> {
    if (mode !== 'adaptive')
      return {
        modeLevel: mode,
        modeReason: `the mode is ${mode}`,
        policyId: null,
        passedOver: [],
        load: null,
      };
    const policies = await this.policies.list();
    const asksLoad = policies.some(({ isEnabled, maxLoad }) => isEnabled && maxLoad !== null);
    const load = asksLoad ? await this.load.of(anomaly) : null;
    const { policy, passedOver } = choosePolicy(policies, {
      severity: anomaly.severity,
      confidence: anomaly.confidence,
      load,
      at: await this.actions.now(),
      actionTypes: cell.stepTypes,
      targetGroup: cell.targetGroup,
    });
    const modeReason =
      policy === null
        ? `no autonomy policy fits (${namesOf(passedOver)})`
        : `autonomy policy ${policy.name} says ${policy.mode}`;
    return {
      modeLevel: policy?.mode ?? 'manual',
      modeReason,
      policyId: policy?.id ?? null,
      passedOver,
      load,
    };
  }
}

function namesOf(passedOver: Judgement['passedOver']): string {
  const named = passedOver.slice(0, NAMED_POLICIES).map(({ name, why }) => `${name}: ${why}`);
  return named.length === 0 ? 'there is none' : named.join('; ');
}

function latestActions(evidence: readonly CellEvidence[]): number[] {
  const ids = evidence.map(({ actionId }) => actionId).filter((id) => id !== null);
  return ids.slice(-NAMED_EVIDENCE).toReversed();
}
