import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';

/** Somebody’s yes, or a policy’s, to exactly one plan. It is used once, by the first claim. */
@Entity('remediation_approvals')
export class Approval {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('bigint', { name: 'action_id', transformer: bigintAsNumber })
  actionId: number;

  @Column('text', { name: 'plan_hash' })
  planHash: string;

  @Column('bigint', { name: 'policy_id', nullable: true, transformer: bigintAsNumber })
  policyId: number | null;

  @Column('text', { name: 'by_kind' })
  byKind: 'user' | 'api_key' | 'policy' | 'rollback' | 'autonomy';

  @Column('bigint', { name: 'by_id', nullable: true, transformer: bigintAsNumber })
  byId: number | null;

  @Column('bigint', { name: 'by_user_id', nullable: true, transformer: bigintAsNumber })
  byUserId: number | null;

  @Column('text', { name: 'by_name' })
  byName: string;

  @Column('text', { nullable: true })
  comment: string | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  at: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt: Date;

  @Column({ type: 'timestamptz', name: 'used_at', precision: 3, nullable: true })
  usedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'voided_at', precision: 3, nullable: true })
  voidedAt: Date | null;
}
