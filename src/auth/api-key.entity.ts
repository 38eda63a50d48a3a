import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../database/bigint-column';
import { Permission } from './access-matrix';

/** A program's credential: acts for its creator, within its scopes. The key itself is shown once and kept as a hash. */
@Entity('api_keys')
export class ApiKeyEntity {
  @PrimaryColumn('bigint', {
    generated: 'identity',
    primaryKeyConstraintName: 'api_keys_pk',
    transformer: bigintAsNumber,
  })
  id: number;

  @Column('text')
  name: string;

  /** The readable part of the key, by which people tell keys apart. */
  @Column('text')
  prefix: string;

  @Column('bytea', { name: 'key_hash' })
  keyHash: Buffer;

  @Column('text', { array: true })
  scopes: Permission[];

  @Column('bigint', { name: 'created_by', transformer: bigintAsNumber })
  createdBy: number;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  /** To the minute. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
