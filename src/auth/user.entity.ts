import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../database/bigint-column';
import type { Role } from './access-matrix';

/** A person who signs in. Names and addresses are unique whatever their case (indexes on `lower`). */
@Entity('users')
export class UserEntity {
  @PrimaryColumn('bigint', {
    generated: 'identity',
    primaryKeyConstraintName: 'users_pk',
    transformer: bigintAsNumber,
  })
  id: number;

  @Column('text')
  username: string;

  @Column('text')
  email: string;

  /** argon2id in PHC form. */
  @Column('text', { name: 'password_hash' })
  passwordHash: string;

  @Column('text')
  role: Role;

  @Column('boolean', { name: 'is_active', default: true })
  isActive: boolean;

  /** Grows when every token issued so far must end: a new password, a disabled account. */
  @Column('integer', { name: 'token_version', default: 0 })
  tokenVersion: number;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;

  @Column('timestamptz', { name: 'last_login_at', nullable: true })
  lastLoginAt: Date | null;
}
