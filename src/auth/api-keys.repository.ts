import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { QueryFailedError, Repository } from 'typeorm';

import { InvalidInput } from '../common/errors/domain-error';
import { Database } from '../database/database';
import { Permission, Role } from './access-matrix';
import { ApiKeyEntity } from './api-key.entity';
import { IdPage } from './id-page';
import { newestFirst } from './newest-first';

export type NewApiKeyRow = Pick<
  ApiKeyEntity,
  'name' | 'prefix' | 'keyHash' | 'scopes' | 'createdBy' | 'expiresAt'
>;

/** A key that is good now, and whoever it acts for. */
export interface KeyStanding {
  readonly keyId: number;
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly userId: number;
  readonly role: Role;
  /** Whether its last use was noted over a minute ago. */
  readonly isUseStale: boolean;
}

const CHECK_VIOLATION = '23514';

const STANDING = {
  name: 'api_keys_standing',
  text: `SELECT k.id AS "keyId", k.name, k.scopes, u.id AS "userId", u.role,
                k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute' AS "isUseStale"
         FROM api_keys k JOIN users u ON u.id = k.created_by
         WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.is_active`,
};

const NOTE_USE = {
  name: 'api_keys_note_use',
  text: `UPDATE api_keys SET last_used_at = now()
         WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
};

const REVOKE = {
  name: 'api_keys_revoke',
  text: 'UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING id',
};

@Injectable()
export class ApiKeysRepository {
  constructor(
    @InjectRepository(ApiKeyEntity) private readonly keys: Repository<ApiKeyEntity>,
    private readonly database: Database,
  ) {}

  find(id: number): Promise<ApiKeyEntity | null> {
    return this.rows.findOneBy({ id });
  }

  /** A page, newest first, revoked ones included. */
  list(page: IdPage): Promise<[ApiKeyEntity[], number]> {
    return newestFirst(this.rows, page);
  }

  /** Throws  InvalidInput where the key would have expired already, by the database's clock. */
  async insert(values: NewApiKeyRow): Promise<ApiKeyEntity> {
    const key = this.rows.create(values);
    try {
      await this.rows.insert(key);
    } catch (error) {
      if (error instanceof QueryFailedError && isExpiryRefused(error as QueryFailedError<Error>))
        throw new InvalidInput('expires_at must be in the future');
      throw error;
    }
    return this.rows.findOneByOrFail({ id: key.id });
  }

  /** Whether this call revoked it. */
  async revoke(id: number): Promise<boolean> {
    return (await this.database.query(REVOKE, [id])).length > 0;
  }

  async findStanding(keyHash: Buffer): Promise<KeyStanding | null> {
    return (await this.database.query<KeyStanding>(STANDING, [keyHash]))[0] ?? null;
  }

  async noteUse(id: number): Promise<void> {
    await this.database.query(NOTE_USE, [id]);
  }

  private get rows(): Repository<ApiKeyEntity> {
    return this.database.bind(this.keys);
  }
}

function isExpiryRefused({ driverError }: QueryFailedError<Error>): boolean {
  const { code, constraint } = driverError as { code?: string; constraint?: string };
  return code === CHECK_VIOLATION && constraint === 'api_keys_expires_later';
}
