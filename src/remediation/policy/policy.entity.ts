import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { ActionType } from '../actions/action-type';
import type { Verdict } from './decision';

/** What may run without approval, what needs how many, what may not run at all. */
@Entity('remediation_policies')
export class RemediationPolicy {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  verdict: Verdict;

  @Column('text', { name: 'action_type', nullable: true })
  actionType: ActionType | null;

  @Column('bigint', { name: 'target_id', nullable: true, transformer: bigintAsNumber })
  targetId: number | null;

  @Column('text', { name: 'target_group', nullable: true })
  targetGroup: string | null;

  @Column('smallint', { nullable: true })
  approvals: number | null;

  @Column('text', { default: '' })
  reason: string;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
