import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { Symptom } from './symptom';

/** What a look at the symptom can come to. */
export type VerifiedOutcome = 'verified' | 'unverified' | 'no_effect' | 'made_worse';

/** Whether the symptom went away after an action was done. */
@Entity('remediation_verifications')
export class RemediationVerification {
  @PrimaryColumn('bigint', { name: 'action_id', transformer: bigintAsNumber })
  actionId: number;

  @Column('text', { default: 'watching' })
  state: 'watching' | 'judged';

  @Column('jsonb')
  symptom: Symptom;

  /** When its first step was claimed. */
  @Column({ type: 'timestamptz', name: 'began_at', precision: 3 })
  beganAt: Date;

  /** When its last step had been done. */
  @Column({ type: 'timestamptz', name: 'done_at', precision: 3 })
  doneAt: Date;

  /** When it is looked at next. */
  @Column({ type: 'timestamptz', name: 'due_at', precision: 3 })
  dueAt: Date;

  @Column({ type: 'timestamptz', name: 'give_up_at', precision: 3 })
  giveUpAt: Date;

  @Column('text', { nullable: true })
  outcome: VerifiedOutcome | null;

  /** Why, in words. */
  @Column('text', { nullable: true })
  reason: string | null;

  /** The numbers behind the outcome. */
  @Column('jsonb', { nullable: true })
  measured: object | null;

  @Column({ type: 'timestamptz', name: 'recovered_at', precision: 3, nullable: true })
  recoveredAt: Date | null;

  @Column({ type: 'timestamptz', name: 'judged_at', precision: 3, nullable: true })
  judgedAt: Date | null;
}
