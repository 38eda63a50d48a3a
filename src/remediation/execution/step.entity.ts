import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { ActionType } from '../actions/action-type';
import type { FailurePolicy } from '../runbooks/runbook-definition';
import type { StepState } from './step-lifecycle';

/** One step of an action in the ledger. Its id is the idempotency key that its target sees, over all attempts. */
@Entity('remediation_steps')
export class RemediationStep {
  @PrimaryColumn('uuid', { default: () => 'gen_random_uuid()' })
  id: string;

  @Column('bigint', { name: 'action_id', transformer: bigintAsNumber })
  actionId: number;

  @Column('smallint')
  position: number;

  @Column('text')
  name: string;

  @Column('text', { name: 'action_type' })
  actionType: ActionType;

  @Column('jsonb')
  parameters: Readonly<Record<string, unknown>>;

  @Column('bigint', { name: 'target_id', nullable: true, transformer: bigintAsNumber })
  targetId: number | null;

  /** The version of the target’s settings that was approved. */
  @Column('integer', { name: 'target_version', nullable: true })
  targetVersion: number | null;

  @Column('boolean', { name: 'is_idempotent' })
  isIdempotent: boolean;

  @Column('integer', { name: 'timeout_seconds' })
  timeoutSeconds: number;

  @Column('smallint', { name: 'max_attempts' })
  maxAttempts: number;

  @Column('text', { name: 'on_failure', default: 'stop' })
  onFailure: FailurePolicy;

  @Column('integer', { name: 'radius_count' })
  radiusCount: number;

  @Column('double precision', { name: 'radius_percent', nullable: true })
  radiusPercent: number | null;

  @Column('text', { default: 'proposed' })
  state: StepState;

  @Column('smallint', { default: 0 })
  attempt: number;

  /** The fencing token of the latest claim. */
  @Column('bigint', { nullable: true, transformer: bigintAsNumber })
  fence: number | null;

  @Column('text', { nullable: true })
  worker: string | null;

  @Column({ type: 'timestamptz', name: 'ready_at', precision: 3, nullable: true })
  readyAt: Date | null;

  /** What has not begun by then does not begin at all. */
  @Column({ type: 'timestamptz', name: 'start_before', precision: 3, nullable: true })
  startBefore: Date | null;

  @Column({ type: 'timestamptz', name: 'lease_until', precision: 3, nullable: true })
  leaseUntil: Date | null;

  @Column({ type: 'timestamptz', name: 'first_claimed_at', precision: 3, nullable: true })
  firstClaimedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'claimed_at', precision: 3, nullable: true })
  claimedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt: Date | null;

  @Column('jsonb', { nullable: true })
  result: object | null;

  @Column('text', { nullable: true })
  error: string | null;
}
