import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { Risk } from '../policy/catalogue';
import type { VerificationTerms } from '../verification/verification-terms';
import type { Origin } from './action.types';
import type { ActionStatus } from './action-lifecycle';
import type { ActionType } from './action-type';
import type { Outcome } from './outcome';
import type { Priority } from './priority';

/** Something to be done about the world, from its proposal to its end. */
@Entity('remediation_actions')
export class RemediationAction {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('bigint', { name: 'anomaly_id', nullable: true, transformer: bigintAsNumber })
  anomalyId: number | null;

  @Column('text', { name: 'action_type' })
  actionType: ActionType;

  @Column('text', { name: 'action_name' })
  actionName: string;

  @Column('text')
  description: string;

  @Column('text', { default: 'pending' })
  status: ActionStatus;

  @Column('text', { default: 'medium' })
  priority: Priority;

  /** The priority as a number; kept by the database. */
  @Column({ type: 'smallint', name: 'priority_rank', nullable: true, insert: false, update: false })
  priorityRank: number | null;

  @Column('jsonb', { default: {} })
  parameters: Readonly<Record<string, unknown>>;

  @Column('bigint', { name: 'target_id', nullable: true, transformer: bigintAsNumber })
  targetId: number | null;

  @Column('bigint', { name: 'runbook_version_id', nullable: true, transformer: bigintAsNumber })
  runbookVersionId: number | null;

  /** The rule that proposed it. */
  @Column('bigint', { name: 'rule_id', nullable: true, transformer: bigintAsNumber })
  ruleId: number | null;

  @Column('text', { default: 'manual' })
  origin: Origin;

  /** The action whose step it takes back. */
  @Column('bigint', { name: 'rollback_of', nullable: true, transformer: bigintAsNumber })
  rollbackOf: number | null;

  @Column('text')
  risk: Risk;

  /** What an approval is given for: the fingerprint of its steps, parameters and targets. */
  @Column('text', { name: 'plan_hash' })
  planHash: string;

  @Column('smallint', { name: 'approvals_required' })
  approvalsRequired: number;

  @Column('text', { name: 'requested_by_kind' })
  requestedByKind: string;

  @Column('bigint', { name: 'requested_by_id', nullable: true, transformer: bigintAsNumber })
  requestedById: number | null;

  @Column('text', { name: 'requested_by' })
  requestedBy: string;

  /** The person behind the request, also where a key was used. */
  @Column('bigint', { name: 'requested_by_user_id', nullable: true, transformer: bigintAsNumber })
  requestedByUserId: number | null;

  /** Until when it may be executed, by the clock of the database. */
  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt: Date;

  @Column('text', { name: 'approved_by', nullable: true })
  approvedBy: string | null;

  @Column({ type: 'timestamptz', name: 'approved_at', precision: 3, nullable: true })
  approvedAt: Date | null;

  @Column('text', { name: 'rejected_by', nullable: true })
  rejectedBy: string | null;

  @Column({ type: 'timestamptz', name: 'rejected_at', precision: 3, nullable: true })
  rejectedAt: Date | null;

  @Column('text', { name: 'rejected_reason', nullable: true })
  rejectedReason: string | null;

  @Column({ type: 'timestamptz', name: 'scheduled_at', precision: 3, nullable: true })
  scheduledAt: Date | null;

  @Column('text', { name: 'executed_by', nullable: true })
  executedBy: string | null;

  @Column({ type: 'timestamptz', name: 'executed_at', precision: 3, nullable: true })
  executedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'first_claimed_at', precision: 3, nullable: true })
  firstClaimedAt: Date | null;

  @Column('text', { name: 'cancel_requested_by', nullable: true })
  cancelRequestedBy: string | null;

  @Column({ type: 'timestamptz', name: 'cancel_requested_at', precision: 3, nullable: true })
  cancelRequestedAt: Date | null;

  @Column('text', { name: 'cancelled_by', nullable: true })
  cancelledBy: string | null;

  @Column({ type: 'timestamptz', name: 'cancelled_at', precision: 3, nullable: true })
  cancelledAt: Date | null;

  @Column({ type: 'timestamptz', name: 'finished_at', precision: 3, nullable: true })
  finishedAt: Date | null;

  @Column('jsonb', { name: 'execution_result', nullable: true })
  executionResult: object | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage: string | null;

  @Column('text', { nullable: true })
  outcome: Outcome | null;

  /** What shows that it helped, as whoever asked for it declared; null leaves that to the catalogue and its anomaly. */
  @Column('jsonb', { nullable: true })
  verify: VerificationTerms | null;

  /** The kind of trouble that it is for. */
  @Column('text', { name: 'anomaly_class', nullable: true })
  anomalyClass: string | null;

  /** Its place among what was proposed for the same anomaly. */
  @Column('smallint', { nullable: true })
  rank: number | null;

  /** How likely it was to help when it was proposed, from 0 to 1. */
  @Column('double precision', { name: 'expected_success', nullable: true })
  expectedSuccess: number | null;

  @Column('integer', { default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', name: 'deleted_at', precision: 3, nullable: true })
  deletedAt: Date | null;
}
