import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../database/bigint-column';

/** One refresh token, known by its hash only. The tokens that follow each other in one session share a family. */
@Entity('refresh_tokens')
export class RefreshTokenEntity {
  @PrimaryColumn('bigint', {
    generated: 'identity',
    primaryKeyConstraintName: 'refresh_tokens_pk',
    transformer: bigintAsNumber,
  })
  id: number;

  @Column('bigint', { name: 'user_id', transformer: bigintAsNumber })
  userId: number;

  @Column('uuid')
  family: string;

  @Column('bytea', { name: 'token_hash' })
  tokenHash: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  /** When it was exchanged for its successor; whoever shows it afterwards has stolen it, or was stolen from. */
  @Column('timestamptz', { name: 'rotated_at', nullable: true })
  rotatedAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
