import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { Database } from '../database/database';
import { RefreshTokenEntity } from './refresh-token.entity';

const LIFE = "interval '7 days'";

const INSERT = {
  name: 'refresh_tokens_insert',
  text: `INSERT INTO refresh_tokens (user_id, family, token_hash, expires_at) VALUES ($1, $2, $3, now() + ${LIFE})`,
};

/** The one statement that decides who exchanges a token: of two at once, the second finds it rotated. */
const ROTATE = {
  name: 'refresh_tokens_rotate',
  text: `UPDATE refresh_tokens SET rotated_at = now()
         WHERE token_hash = $1 AND rotated_at IS NULL AND revoked_at IS NULL AND expires_at > now()
         RETURNING family`,
};

const FIND_REUSED = {
  name: 'refresh_tokens_find_reused',
  text: `SELECT family FROM refresh_tokens
         WHERE token_hash = $1 AND rotated_at IS NOT NULL AND revoked_at IS NULL AND expires_at > now()`,
};

const REVOKE_FAMILY = {
  name: 'refresh_tokens_revoke_family',
  text: 'UPDATE refresh_tokens SET revoked_at = now() WHERE family = $1 AND revoked_at IS NULL',
};

const REVOKE_USER = {
  name: 'refresh_tokens_revoke_user',
  text: 'UPDATE refresh_tokens SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL',
};

const PURGE = {
  name: 'refresh_tokens_purge',
  text: `DELETE FROM refresh_tokens WHERE id IN (
           SELECT id FROM refresh_tokens WHERE expires_at <= now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING 1`,
};
const OLDEST = {
  name: 'refresh_tokens_oldest',
  text: `SELECT min(expires_at) - ${LIFE} AS at FROM refresh_tokens`,
};

@Injectable()
export class RefreshTokensRepository {
  constructor(
    @InjectRepository(RefreshTokenEntity) private readonly tokens: Repository<RefreshTokenEntity>,
    private readonly database: Database,
  ) {}

  async insert(userId: number, family: string, tokenHash: Buffer): Promise<void> {
    await this.database.query(INSERT, [userId, family, tokenHash]);
  }

  async findOwner(tokenHash: Buffer): Promise<number | null> {
    return (await this.database.bind(this.tokens).findOneBy({ tokenHash }))?.userId ?? null;
  }

  /** Uses a token up; its family, or null where it was no longer good. */
  async rotate(tokenHash: Buffer): Promise<string | null> {
    return (await this.database.query<{ family: string }>(ROTATE, [tokenHash]))[0]?.family ?? null;
  }

  /** The living family of a token that was used before. */
  async findReused(tokenHash: Buffer): Promise<string | null> {
    return (await this.database.query<{ family: string }>(FIND_REUSED, [tokenHash]))[0]?.family ?? null;
  }

  async revokeFamily(family: string): Promise<void> {
    await this.database.query(REVOKE_FAMILY, [family]);
  }

  async revokeAllOf(userId: number): Promise<void> {
    await this.database.query(REVOKE_USER, [userId]);
  }

  /** Forgets some of what has expired; returns how many. An access token's session outlives it: its newest refresh token lives longer. */
  async purge(limit: number): Promise<number> {
    return (await this.database.query(PURGE, [limit])).length;
  }

  async oldest(): Promise<Date | null> {
    return (await this.database.query<{ at: Date | null }>(OLDEST))[0].at;
  }
}
