import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The limits that hold for everything, and the switch that stops everything: one row. */
@Entity('remediation_limits')
export class RemediationLimits {
  @PrimaryColumn('boolean', { default: true })
  id: boolean;

  @Column('integer', { name: 'cooldown_seconds', default: 300 })
  cooldownSeconds: number;

  @Column('integer', { name: 'actions_per_hour', default: 10 })
  actionsPerHour: number;

  @Column('integer', { name: 'actions_per_hour_per_target', default: 10 })
  actionsPerHourPerTarget: number;

  @Column('integer', { name: 'max_concurrent', default: 3 })
  maxConcurrent: number;

  @Column('integer', { name: 'timeout_seconds', default: 600 })
  timeoutSeconds: number;

  @Column('integer', { name: 'breaker_failures', default: 2 })
  breakerFailures: number;

  @Column('integer', { name: 'breaker_seconds', default: 1800 })
  breakerSeconds: number;

  @Column('integer', { name: 'max_radius_count', default: 10 })
  maxRadiusCount: number;

  @Column('double precision', { name: 'max_radius_percent', default: 100 })
  maxRadiusPercent: number;

  @Column('smallint', { name: 'quorum_low', default: 1 })
  quorumLow: number;

  @Column('smallint', { name: 'quorum_medium', default: 1 })
  quorumMedium: number;

  @Column('smallint', { name: 'quorum_high', default: 1 })
  quorumHigh: number;

  @Column('integer', { name: 'proposal_seconds', default: 86400 })
  proposalSeconds: number;

  @Column('integer', { name: 'approval_seconds', default: 3600 })
  approvalSeconds: number;

  @Column('integer', { name: 'start_seconds', default: 900 })
  startSeconds: number;

  @Column({ type: 'timestamptz', name: 'frozen_at', precision: 3, nullable: true })
  frozenAt: Date | null;

  @Column('text', { name: 'frozen_by', nullable: true })
  frozenBy: string | null;

  @Column('text', { name: 'frozen_reason', nullable: true })
  frozenReason: string | null;

  @Column('integer', { default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
