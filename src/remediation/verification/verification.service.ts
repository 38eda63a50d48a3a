import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import { RemediationAction } from '../actions/action.entity';
import { ActionRepository } from '../actions/action.repository';
import { ActionMoves } from '../actions/action-moves.service';
import { SelfRecovery } from '../learning/self-recovery.service';
import { judgeAnomaly } from './anomaly-judgement';
import { EvidenceRepository } from './evidence.repository';
import { judge, type Judgement, LATENESS_MS } from './judgement';
import { MeasurementReader } from './measurement-reader.service';
import type { Symptom } from './symptom';
import { SymptomChooser } from './symptom-chooser.service';
import { RemediationVerification, type VerifiedOutcome } from './verification.entity';
import { VerificationNotFound } from './verification.errors';
import { VerificationRepository } from './verification.repository';

/** How often is looked: a tenth of what has to hold, or of the time that there is. */
const LOOKS = 10;
const SHORTEST_LOOK_SECONDS = 1;
const LONGEST_LOOK_SECONDS = 15;

/** Whether what was done has helped: begun when an action is done, judged once, and kept for whoever learns from it. */
@Injectable()
export class VerificationService {
  constructor(
    private readonly verifications: VerificationRepository,
    private readonly symptoms: SymptomChooser,
    private readonly reader: MeasurementReader,
    private readonly evidence: EvidenceRepository,
    private readonly selfRecovery: SelfRecovery,
    private readonly anomalies: AnomalyService,
    private readonly actions: ActionRepository,
    private readonly moves: ActionMoves,
    private readonly events: EventsService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /** Throws VerificationNotFound where there is no such action, or it was not done. */
  async get(actionId: number): Promise<RemediationVerification> {
    const verification =
      (await this.actions.find(actionId)) === null ? null : await this.verifications.find(actionId);
    if (verification === null) throw new VerificationNotFound(actionId);
    return verification;
  }

  /** Begins to look at an action that was done just now, in the transaction that says so. Without anything to look at nobody can tell, at once. */
  async begin(action: RemediationAction): Promise<void> {
    const symptom = await this.symptoms.choose(action, (await this.actions.now()).getTime());
    const timeoutSeconds = timeoutOf(symptom);
    await this.verifications.begin(action.id, symptom, {
      firstLookSeconds: lookSeconds(symptom),
      timeoutSeconds,
    });
    if (symptom.kind === 'nothing') return this.endUnverified(action, symptom.why);
    await this.moves.tell(
      action.id,
      'verifying',
      `It is looked at for up to ${timeoutSeconds} s: ${aim(symptom)}`,
    );
  }

  /** Ends a verification before it began: a person has found out what became of the action, and nobody looked meanwhile. */
  async beginReconciled(action: RemediationAction): Promise<void> {
    const why = 'A person found out that it was done; nobody looked at once whether it helped';
    await this.verifications.begin(
      action.id,
      { kind: 'nothing', why },
      { firstLookSeconds: 0, timeoutSeconds: 0 },
    );
    await this.endUnverified(action, why);
  }

  /** What failed has not helped; what was never sent shows nothing. In the transaction that says so of the action. */
  async keepFailure(action: RemediationAction): Promise<void> {
    await this.keep(action, 'failed', { givenUpAt: null, recoverySeconds: null });
  }

  /** Actions that are to be looked at now. */
  listDue(): Promise<number[]> {
    return this.verifications.listDue();
  }

  /** Looks at an action whose time has come, once whoever else does; judges it where that can be done, else it is looked at again. Publishes action.verified. */
  look(actionId: number): Promise<void> {
    return this.database.run(async () => {
      const taken = await this.verifications.take(actionId);
      if (taken === null) return;
      const { verification, now } = taken;
      const locked = await this.actions.lock(actionId);
      if (locked === null)
        return this.verifications.judge(actionId, 'unverified', unseen('The action was deleted'));
      const judgement = await this.judge(locked.action, verification, now.getTime());
      const { outcome } = judgement;
      if (outcome === null)
        return this.verifications.postpone(actionId, lookSeconds(verification.symptom), judgement.measured);
      await this.end(locked.action, verification, outcome, judgement);
    });
  }

  private async judge(
    action: RemediationAction,
    { symptom, beganAt, doneAt, giveUpAt }: RemediationVerification,
    nowMs: number,
  ): Promise<Judgement> {
    const anomaly = action.anomalyId === null ? null : await this.anomalies.find(action.anomalyId);
    const span = {
      beganAtMs: beganAt.getTime(),
      doneAtMs: doneAt.getTime(),
      giveUpAtMs: giveUpAt.getTime(),
      nowMs,
    };
    try {
      switch (symptom.kind) {
        case 'nothing':
          return unseen(symptom.why);
        case 'condition': {
          const { op, threshold, forSeconds } = symptom.terms;
          const watched = await this.reader.readTerms(symptom.terms, anomaly, span);
          return judge({ op, threshold, forMs: forSeconds * 1_000 }, watched);
        }
        case 'anomaly': {
          if (anomaly === null) return unseen('Its anomaly was deleted');
          const { watched, usual } = await this.reader.readAnomaly(anomaly, span);
          const end = await this.anomalies.findEnd(anomaly.id);
          const isMoreSevere = isAbove(anomaly.severity, symptom.severity);
          return judgeAnomaly(
            { end: end && { atMs: end.at.getTime(), how: end.how }, isMoreSevere },
            watched,
            span.beganAtMs,
            usual,
          );
        }
      }
    } catch (error) {
      // What cannot be read now may be later; at the end nobody can tell.
      if (!(error instanceof DomainError)) throw error;
      const isOver = nowMs >= span.giveUpAtMs + LATENESS_MS;
      return { ...unseen(`It could not be looked at: ${error.message}`), ...(!isOver && { outcome: null }) };
    }
  }

  private async endUnverified(action: RemediationAction, why: string): Promise<void> {
    const verification = await this.verifications.find(action.id);
    if (verification !== null) await this.end(action, verification, 'unverified', unseen(why));
  }

  private async end(
    action: RemediationAction,
    { doneAt, giveUpAt }: RemediationVerification,
    outcome: VerifiedOutcome,
    judgement: Judgement,
  ): Promise<void> {
    const { reason, recoveredAtMs, measured } = judgement;
    await this.verifications.judge(action.id, outcome, judgement);
    await this.actions.save(action, { outcome });
    await this.moves.tell(action.id, outcome, reason);
    await this.audit.record({
      action: 'remediation.verified',
      subjectType: 'remediation_action',
      subjectId: action.id,
      after: { outcome, reason, ...measured },
    });
    await this.keep(action, outcome, {
      givenUpAt: giveUpAt,
      recoverySeconds:
        outcome !== 'verified' || recoveredAtMs === null
          ? null
          : Math.max(0, (recoveredAtMs - doneAt.getTime()) / 1_000),
    });
    await this.events.publish('action.verified', { actionId: action.id });
  }

  private async keep(
    { id, anomalyId, anomalyClass, firstClaimedAt, rollbackOf }: RemediationAction,
    outcome: VerifiedOutcome | 'failed',
    {
      givenUpAt,
      recoverySeconds,
    }: { readonly givenUpAt: Date | null; readonly recoverySeconds: number | null },
  ): Promise<void> {
    if (anomalyClass === null || firstClaimedAt === null || rollbackOf !== null) return;
    const anomaly = anomalyId === null ? null : await this.anomalies.find(anomalyId);
    if (anomaly === null) return;
    const ageSeconds =
      (await this.selfRecovery.findAgeSeconds(anomaly.id, firstClaimedAt)) ??
      Math.max(0, secondsBetween(anomaly.createdAt, firstClaimedAt));
    // As long as its trouble could go by itself, and still count as gone after the action.
    const horizonSeconds = givenUpAt && secondsBetween(firstClaimedAt, givenUpAt);
    await this.evidence.keep({
      actionId: id,
      outcome,
      severity: anomaly.severity,
      ageSeconds,
      horizonSeconds,
      recoverySeconds,
      selfRecovery:
        horizonSeconds === null
          ? null
          : await this.selfRecovery.probability(anomalyClass, ageSeconds, horizonSeconds),
    });
  }
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1_000;
}

function isAbove(now: Severity, before: Severity): boolean {
  return SEVERITIES.indexOf(now) > SEVERITIES.indexOf(before);
}

function unseen(reason: string): Judgement {
  const measured = { before: null, expected: null, after: null, samples_before: 0, samples_after: 0 };
  return { outcome: 'unverified', reason, recoveredAtMs: null, measured };
}

function timeoutOf(symptom: Symptom): number {
  switch (symptom.kind) {
    case 'condition':
      return symptom.terms.timeoutSeconds;
    case 'anomaly':
      return symptom.timeoutSeconds;
    case 'nothing':
      return 0;
  }
}

function lookSeconds(symptom: Symptom): number {
  const span = symptom.kind === 'condition' ? symptom.terms.forSeconds : timeoutOf(symptom);
  return Math.min(LONGEST_LOOK_SECONDS, Math.max(SHORTEST_LOOK_SECONDS, span / LOOKS));
}

/** What is waited for, in words. */
function aim(symptom: Symptom): string {
  if (symptom.kind !== 'condition') return 'its anomaly has to end by itself';
  const { query, op, threshold, forSeconds } = symptom.terms;
  return `${query?.selector ?? 'the series of its anomaly'} has to be ${op} ${threshold} for ${forSeconds} s`;
}
