import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';

export interface TableSize {
  readonly schema: string;
  readonly table: string;
  /** The planner's estimate, as of the last vacuum or analyse; exact counts would read whole tables. */
  readonly estimatedRows: number;
  readonly bytes: number;
}

export interface DatabaseFacts {
  readonly version: string;
  readonly database: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly encrypted: boolean;
  readonly sizeBytes: number;
  readonly serverConnections: number;
  readonly maxServerConnections: number;
  readonly isReplica: boolean;
  readonly startedAt: Date;
  readonly migrations: number;
  readonly newestMigration: string | null;
}

/** A local socket has no address. The server says it all itself: our URL, with its credentials, is not looked at. */
const FACTS = {
  name: 'health_database_facts',
  text: `SELECT current_setting('server_version') AS version,
                current_database() AS database,
                host(inet_server_addr()) AS host,
                inet_server_port() AS port,
                COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
                pg_database_size(current_database()) AS "sizeBytes",
                (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS "serverConnections",
                current_setting('max_connections')::int AS "maxServerConnections",
                pg_is_in_recovery() AS "isReplica",
                pg_postmaster_start_time() AS "startedAt",
                (SELECT count(*) FROM migrations) AS migrations,
                (SELECT name FROM migrations ORDER BY timestamp DESC LIMIT 1) AS "newestMigration"`,
};

/** Partitions count for the table that they are part of. A table that was never analysed is known by its statistics only. */
const TABLES = {
  name: 'health_database_tables',
  text: `SELECT n.nspname AS schema, root.relname AS table,
                sum(CASE WHEN part.reltuples < 0 THEN COALESCE(s.n_live_tup, 0) ELSE part.reltuples END)::bigint AS "estimatedRows",
                sum(pg_total_relation_size(part.oid))::bigint AS bytes
         FROM pg_class part
         JOIN pg_class root ON root.oid = COALESCE(pg_partition_root(part.oid), part.oid)
         JOIN pg_namespace n ON n.oid = root.relnamespace
         LEFT JOIN pg_stat_all_tables s ON s.relid = part.oid
         WHERE part.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
         GROUP BY 1, 2
         ORDER BY bytes DESC, 1, 2`,
};

/** What the database says of itself: its version, its size, and how much is in each table. */
@Injectable()
export class DatabaseFactsReader {
  constructor(private readonly database: Database) {}

  async read(): Promise<DatabaseFacts> {
    return (await this.database.query<DatabaseFacts & Record<string, unknown>>(FACTS))[0];
  }

  async listTables(): Promise<TableSize[]> {
    return this.database.query<TableSize & Record<string, unknown>>(TABLES);
  }
}
