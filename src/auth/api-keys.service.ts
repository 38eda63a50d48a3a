import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { Database } from '../database/database';
import { Permission } from './access-matrix';
import { createApiKey } from './api-key';
import { ApiKeyEntity } from './api-key.entity';
import { ApiKeysRepository } from './api-keys.repository';
import { ApiKeyNotFound, ScopeNotHeld } from './auth.errors';
import { IdPage } from './id-page';
import { Principal } from './principal';
import { Standings } from './standings';

export interface ApiKeyOrder {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly expiresAt: Date | null;
}

/** Keys for programs. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly standings: Standings,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes a key that acts for the caller; the only time that it is seen. A key can make another, within its own scopes.
   * Throws  ScopeNotHeld; InvalidInput where it would have expired already.
   */
  async create(
    caller: Principal,
    { name, scopes, expiresAt }: ApiKeyOrder,
  ): Promise<{ row: ApiKeyEntity; key: string }> {
    const notHeld = scopes.filter((scope) => !caller.permissions.has(scope));
    if (notHeld.length > 0) throw new ScopeNotHeld(notHeld);
    const { key, prefix, hash } = createApiKey();
    return this.database.run(async () => {
      const row = await this.keys.insert({
        name,
        prefix,
        keyHash: hash,
        scopes: [...scopes],
        createdBy: caller.userId,
        expiresAt,
      });
      await this.audit.record({
        action: 'api_key.created',
        subjectType: 'api_key',
        subjectId: row.id,
        after: { name, prefix, scopes, expires_at: expiresAt },
      });
      return { row, key };
    });
  }

  list(page: IdPage): Promise<[ApiKeyEntity[], number]> {
    return this.keys.list(page);
  }

  /** Ends a key for good; ending it again changes nothing. Throws  ApiKeyNotFound. */
  async revoke(id: number): Promise<ApiKeyEntity> {
    return this.database.run(async () => {
      const isRevoked = await this.keys.revoke(id);
      const row = await this.keys.find(id);
      if (row === null) throw new ApiKeyNotFound(id);
      if (isRevoked) {
        await this.audit.record({
          action: 'api_key.revoked',
          subjectType: 'api_key',
          subjectId: id,
          before: { name: row.name, prefix: row.prefix },
        });
      }
      this.standings.forgetAll();
      return row;
    });
  }
}
