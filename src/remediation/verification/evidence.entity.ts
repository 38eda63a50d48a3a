import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Severity } from '../../anomaly/anomaly.types';
import { bigintAsNumber } from '../../database/bigint-column';
import type { ActionType } from '../actions/action-type';
import type { VerifiedOutcome } from './verification.entity';

/** What was seen of a remedy: how it was verified, that it failed, or that people took trust away. */
export type EvidenceOutcome = VerifiedOutcome | 'failed' | 'revoked';

/** What was learnt of a remedy by one action. It outlives the action, and is never changed. */
@Entity('remediation_evidence')
export class RemediationEvidence {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('bigint', { name: 'action_id', nullable: true, transformer: bigintAsNumber })
  actionId: number | null;

  @Column('bigint', { name: 'anomaly_id', nullable: true, transformer: bigintAsNumber })
  anomalyId: number | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  at: Date;

  @Column('text', { name: 'action_type' })
  actionType: ActionType;

  /** `runbook:` and its id, or the action type. */
  @Column('text')
  remedy: string;

  @Column('text', { name: 'anomaly_class' })
  anomalyClass: string;

  /** The group of its target, or its name where it is of none. */
  @Column('text', { name: 'target_group' })
  targetGroup: string;

  @Column('text')
  severity: Severity;

  @Column('text')
  outcome: EvidenceOutcome;

  /** How old the trouble was when the action began, in seconds. */
  @Column('double precision', { name: 'age_seconds', nullable: true })
  ageSeconds: number | null;

  /** How long it was then given to go, from the beginning of the action on. */
  @Column('double precision', { name: 'horizon_seconds', nullable: true })
  horizonSeconds: number | null;

  /** How long after the action was done it had gone; null where it had not. */
  @Column('double precision', { name: 'recovery_seconds', nullable: true })
  recoverySeconds: number | null;

  /** How likely it was to go within that time by itself, from 0 to 1; null where too little is known. */
  @Column('double precision', { name: 'self_recovery', nullable: true })
  selfRecovery: number | null;
}
