import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Failed logins of one account from one address; the row with an empty account counts all accounts of that address.
 * Accounts are kept as hashes: people type passwords into name fields.
 */
@Entity('login_attempts')
export class LoginAttemptEntity {
  @PrimaryColumn('bytea', { name: 'account_hash', primaryKeyConstraintName: 'login_attempts_pk' })
  accountHash: Buffer;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'login_attempts_pk' })
  address: string;

  @Column('integer', { default: 0 })
  failures: number;

  @Column('timestamptz', { name: 'counted_since', default: () => 'now()' })
  countedSince: Date;

  @Column('timestamptz', { name: 'blocked_until', nullable: true })
  blockedUntil: Date | null;

  /** The account's last success from here: others' failures at this address then do not block it. */
  @Column('timestamptz', { name: 'succeeded_at', nullable: true })
  succeededAt: Date | null;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
