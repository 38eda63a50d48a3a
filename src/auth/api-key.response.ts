import { ApiProperty } from '@nestjs/swagger';

import { ALL_PERMISSIONS, Permission } from './access-matrix';
import { ApiKeyEntity } from './api-key.entity';

/** A key as its list shows it: never the key itself, never its hash. */
export class ApiKeyResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ example: 'ci pipeline' }) name: string;
  @ApiProperty({ example: 'k3v9x0ab', description: 'The readable part of the key' }) prefix: string;
  @ApiProperty({ enum: [...ALL_PERMISSIONS], isArray: true }) scopes: Permission[];
  @ApiProperty({ type: 'integer', description: 'The user it acts for' }) created_by: number;
  @ApiProperty({ format: 'date-time' }) created_at: Date;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) expires_at: Date | null;
  @ApiProperty({ format: 'date-time', type: String, nullable: true, description: 'To the minute' })
  last_used_at: Date | null;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) revoked_at: Date | null;

  static from(key: ApiKeyEntity): ApiKeyResponse {
    return {
      id: key.id,
      name: key.name,
      prefix: key.prefix,
      scopes: key.scopes,
      created_by: key.createdBy,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
      last_used_at: key.lastUsedAt,
      revoked_at: key.revokedAt,
    };
  }
}
