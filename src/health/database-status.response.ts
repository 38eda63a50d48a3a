import { ApiProperty } from '@nestjs/swagger';

import type { TableSize } from '../database/table-sizes';
import { sumOf, wholeTables } from '../database/table-sum';
import { DatabaseFacts } from './database-facts';

class PoolResponse {
  @ApiProperty({ type: 'integer', description: 'Connections this process may hold' }) size: number;
  @ApiProperty({ type: 'integer', description: 'Connections it holds' }) total: number;
  @ApiProperty({ type: 'integer' }) idle: number;
  @ApiProperty({ type: 'integer', description: 'Callers that wait for one' }) waiting: number;
}

class DatabaseHealthResponse {
  @ApiProperty({
    enum: ['healthy', 'degraded'],
    description: 'Degraded: a table is missing, or the server is a read-only replica',
  })
  status: 'healthy' | 'degraded';
  @ApiProperty({ description: 'Every table of ours exists' }) migrated: boolean;
  @ApiProperty({ type: 'integer', description: 'Migrations that ran' }) migrations: number;
  @ApiProperty({ type: String, nullable: true }) newest_migration: string | null;
  @ApiProperty({ format: 'date-time' }) server_started_at: string;
}

class ConnectionInfoResponse {
  @ApiProperty({ type: String, nullable: true, description: 'null over a local socket' }) host: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) port: number | null;
  @ApiProperty() database: string;
  @ApiProperty({ description: 'Whether the connection is encrypted' }) encrypted: boolean;
  @ApiProperty({ type: 'integer', description: 'Clients of the server, ours and others' })
  server_connections: number;
  @ApiProperty({ type: 'integer' }) max_server_connections: number;
  @ApiProperty({ type: PoolResponse }) pool: PoolResponse;
}

class TableResponse {
  @ApiProperty({ example: 'public.anomalies' }) table: string;
  @ApiProperty({ type: 'integer', description: 'As of the last vacuum or analyse' }) estimated_rows: number;
  @ApiProperty({ type: 'integer', description: 'With indexes' }) size_bytes: number;
}

class DataStatisticsResponse {
  @ApiProperty({ type: 'integer' }) estimated_rows: number;
  @ApiProperty({ type: [TableResponse], description: 'Largest first' }) tables: TableResponse[];
}

export class DatabaseStatusResponse {
  @ApiProperty({ type: DatabaseHealthResponse }) database_health: DatabaseHealthResponse;
  @ApiProperty({ type: ConnectionInfoResponse, description: 'Without credentials' })
  connection_info: ConnectionInfoResponse;
  @ApiProperty({ type: DataStatisticsResponse }) data_statistics: DataStatisticsResponse;
  @ApiProperty({ example: '18.0' }) version: string;
  @ApiProperty({ type: 'integer' }) size_bytes: number;

  static from(
    facts: DatabaseFacts,
    tables: readonly TableSize[],
    migrated: boolean,
    pool: PoolResponse,
  ): DatabaseStatusResponse {
    return {
      database_health: {
        status: migrated && !facts.isReplica ? 'healthy' : 'degraded',
        migrated,
        migrations: facts.migrations,
        newest_migration: facts.newestMigration,
        server_started_at: facts.startedAt.toISOString(),
      },
      connection_info: {
        host: facts.host,
        port: facts.port,
        database: facts.database,
        encrypted: facts.encrypted,
        server_connections: facts.serverConnections,
        max_server_connections: facts.maxServerConnections,
        pool,
      },
      data_statistics: {
        estimated_rows: sumOf(tables).estimatedRows,
        tables: wholeTables(tables).map(({ name, estimatedRows, bytes }) => ({
          table: name,
          estimated_rows: estimatedRows,
          size_bytes: bytes,
        })),
      },
      version: facts.version,
      size_bytes: facts.sizeBytes,
    };
  }
}

/** `GET /database/status`: the members in the envelope, and beside it for callers that read them at the top. */
export class DatabaseStatusAnswer extends DatabaseStatusResponse {
  @ApiProperty({ enum: ['success'] }) status: 'success';
  @ApiProperty({ type: DatabaseStatusResponse }) data: DatabaseStatusResponse;
}
